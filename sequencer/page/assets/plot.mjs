// Two plots, drawn as SVG: bars per block, and lines with gaps. They share a frame: a few quiet
// lines, figures at the right, nothing else.
import { set, svg } from './dom.mjs';

const kHeight = 132;
const kUsualWidth = 600;  // before the layout is known
const kTop = 8;
const kBottom = 4;
const kRight = 58;  // for the figures

const kSteps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The next round number at or above `value`. */
export function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return kSteps.find((step) => step * power >= value * 0.999) * power;
}

// One unit is one pixel, so that figures are as large as all other text.
function frame(root, top, figure) {
  const width = Math.round(root.clientWidth) || kUsualWidth;
  const inner = width - kRight;
  root.setAttribute('viewBox', `0 0 ${width} ${kHeight}`);
  const y = (value) => kTop + (kHeight - kTop - kBottom) * (1 - value / top);
  const lines = [1, 0.5, 0].map((part) => [
    svg('line', { class: part ? 'grid' : 'base', x1: 0, x2: inner, y1: y(top * part), y2: y(top * part) }),
    part
      ? svg('text', { class: 'figure', x: width, y: y(top * part) + 4, 'text-anchor': 'end' }, figure(top * part))
      : null,
  ]);
  return { y, lines, inner };
}

export function plotRoot(label) {
  return svg('svg', { class: 'plot', height: kHeight, role: 'img', 'aria-label': label });
}

/** @param values  oldest first; `places` wide, right-aligned: the newest is at the right */
export function drawBars(root, values, places, { figure, title, label }) {
  root.setAttribute('aria-label', label);
  const { y, lines, inner } = frame(root, ceiling(Math.max(...values, 0)), figure);
  const step = inner / places;
  const first = places - values.length;
  const bars = values.map((value, i) => {
    const height = y(0) - y(value);
    return svg('rect', {
      class: i === values.length - 1 ? 'bar newest' : 'bar',
      x: ((first + i) * step + 0.75).toFixed(2), width: Math.max(step - 1.5, 1).toFixed(2),
      y: (y(value) - (value > 0 && height < 1.5 ? 1.5 - height : 0)).toFixed(2),
      height: Math.max(height, value > 0 ? 1.5 : 0).toFixed(2), rx: 1,
    }, svg('title', {}, title(i)));
  });
  set(root, lines, bars);
}

/** @param series  [{kind, values}], values oldest first with null for gaps */
export function drawLines(root, series, places, { figure, label }) {
  root.setAttribute('aria-label', label);
  const all = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const { y, lines, inner } = frame(root, ceiling(Math.max(...all, 0)), figure);
  const step = inner / Math.max(places - 1, 1);
  const drawn = series.map(({ kind, values }) => {
    const first = places - values.length;
    let path = '';
    let pen = false;
    const dots = [];
    values.forEach((value, i) => {
      if (value === null) {
        pen = false;
        return;
      }
      const at = `${((first + i) * step).toFixed(1)} ${y(value).toFixed(1)}`;
      const alone = !pen && (values[i + 1] ?? null) === null;
      if (alone || i === values.length - 1) dots.push(at.split(' '));
      path += `${pen ? 'L' : 'M'}${at}`;
      pen = true;
    });
    return [
      svg('path', { class: `line ${kind}`, d: path }),
      dots.map(([cx, cy]) => svg('circle', { class: `dot ${kind}`, cx, cy, r: 2.5 })),
    ];
  });
  set(root, lines, drawn);
}
