// One HTTP/1.1 connection that is kept, in as little processor time as Node.js can: what is measured is the server,
// and fetch() alone costs more than a fast answer.
import assert from 'node:assert/strict';
import { connect } from 'node:net';

const headerEnd = Buffer.from('\r\n\r\n');

export class Connection {
  /// @param localAddress  another address of this machine, to be another client
  constructor(url, localAddress) {
    const { hostname, port } = new URL(url);
    this.head = `POST / HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: `;
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true, localAddress });
    this.parts = [];
    this.size = 0;
    this.wanted = 0;  // of the whole answer; 0 while its header is not there
    this.waiting = null;
    this.socket.on('data', (part) => this.take(part));
    const fail = (error) => this.waiting?.reject(error ?? new Error('the connection was closed'));
    this.socket.on('error', fail);
    this.socket.on('close', () => fail());
  }

  take(part) {
    this.parts.push(part);
    this.size += part.length;
    if (this.wanted === 0) {
      const all = this.parts.length === 1 ? part : Buffer.concat(this.parts, this.size);
      this.parts = [all];
      const end = all.indexOf(headerEnd);
      if (end < 0) return;
      const length = /content-length: *(\d+)/i.exec(all.latin1Slice(0, end));
      assert.ok(length, 'an answer without its length');
      this.bodyAt = end + headerEnd.length;
      this.wanted = this.bodyAt + Number(length[1]);
    }
    if (this.size < this.wanted) return;
    const all = this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts, this.size);
    const { resolve } = this.waiting;
    const body = all.latin1Slice(this.bodyAt, this.wanted);
    this.parts = [];
    this.size = this.wanted = 0;
    this.waiting = null;
    resolve(body);
  }

  /// Sends one body and gives the answer's; one at a time.
  post(body) {
    assert.equal(this.waiting, null);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${this.head}${body.length}\r\n\r\n${body}`, 'latin1');
    });
  }

  async result(method, params) {
    const answer = JSON.parse(await this.post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
    assert.ok('result' in answer, `${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  }

  close() {
    this.waiting = null;
    this.socket.destroy();
  }
}
