// Shows that the node is there.
const answer = await fetch('/', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
}).then((response) => response.json());
document.getElementById('app').textContent = `Block ${Number(answer.result)}`;
