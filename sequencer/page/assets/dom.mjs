// Makes and changes elements. Text from the chain is data: it becomes text nodes, nothing else.

const kSvg = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'data') Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** h('a', {href: '/x'}, 'text', element, …) */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(kSvg, name), attributes, children);
}

/** Puts `children` in place of what is in `element`. */
export function set(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Sets text only where it differs: no work, no lost selection. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Makes `parent` show one child per item, in order, and keeps those that stay: focus and hover
 * survive an update.
 * @param make   item -> element
 * @param renew  (element, item): brings a kept one up to date
 */
export function keyed(parent, items, keyOf, make, renew = () => {}) {
  const kept = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = kept.get(key);
    if (child) {
      kept.delete(key);
      renew(child, item);
    } else {
      child = make(item);
      child.dataset.key = key;
    }
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  for (const child of kept.values()) child.remove();
}
