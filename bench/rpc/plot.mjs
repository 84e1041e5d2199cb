// A line of memory over transactions, as SVG that is readable on light and dark.
const [width, height, left, bottom, top, right] = [760, 300, 60, 40, 30, 20];

export function plotMemory(samples) {
  const most = Math.max(...samples.map(({ mib }) => mib));
  const step = [10, 20, 50, 100, 200, 500, 1000, 2000].find((one) => most / one <= 6);
  const ceiling = Math.ceil(most / step) * step;
  const end = samples.at(-1).transactions;
  const x = (transactions) => left + ((width - left - right) * transactions) / end;
  const y = (mib) => height - bottom - ((height - bottom - top) * mib) / ceiling;
  const at = (number) => number.toFixed(1);
  const text = (px, py, anchor, words) => `<text x="${at(px)}" y="${at(py)}" text-anchor="${anchor}">${words}</text>`;
  const rows = Array.from({ length: ceiling / step + 1 }, (_, i) => i * step).map((mib) =>
    `<line x1="${left}" x2="${width - right}" y1="${at(y(mib))}" y2="${at(y(mib))}" stroke="#888" stroke-opacity="0.35"/>${text(left - 8, y(mib) + 4, 'end', mib)}`);
  const columns = [0, 0.25, 0.5, 0.75, 1].map((part) => text(x(end * part), height - bottom + 18, 'middle', Math.round(end * part).toLocaleString('en')));
  const line = (of) => samples.map((one) => `${at(x(one.transactions))},${at(y(of(one)))}`).join(' ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#888">
<title>Resident memory of the node [MiB] over transactions sent through JSON-RPC</title>
${rows.join('\n')}
${columns.join('\n')}
${text(left, 18, 'start', 'resident memory of the node [MiB] over transactions; thin: with files that are mapped')}
<polyline points="${line(({ mib }) => mib)}" fill="none" stroke="#2a78d6" stroke-opacity="0.5" stroke-width="1"/>
<polyline points="${line(({ ownMib }) => ownMib)}" fill="none" stroke="#2a78d6" stroke-width="2" stroke-linejoin="round"/>
</svg>
`;
}
