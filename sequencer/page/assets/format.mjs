// Numbers, times and hashes as people read them.

const kGroups = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1234567 -> "1,234,567"; takes numbers and bigints. */
export const count = (value) => kGroups.format(value);

/** A hexadecimal quantity as a number; what is missing is 0. */
export const number = (quantity) => (quantity ? Number(BigInt(quantity)) : 0);

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** An amount of 10^-decimals units, every digit: 1500000000000000000n, 18 -> "1.5" */
export function exact(value, decimals) {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = grouped(digits.slice(0, digits.length - decimals));
  const fraction = decimals ? digits.slice(-decimals).replace(/0+$/, '') : '';
  return `${negative ? '−' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** The same with at most `places` decimals, cut off; "<0.0001" for less than one of the last. */
export function amount(value, decimals = 18, places = 6) {
  const all = exact(value, decimals);
  const dot = all.indexOf('.');
  if (dot < 0 || all.length - dot - 1 <= places) return all;
  const cut = all.slice(0, dot + 1 + places).replace(/\.?0+$/, '');
  if (/[1-9]/.test(cut)) return cut;
  return `<0.${'0'.repeat(places - 1)}1`;
}

/** The same with exactly `places` decimals, for columns: "0.5000"; nothing is "0". */
export function column(value, decimals = 18, places = 4) {
  if (value === 0n) return '0';
  const cut = amount(value, decimals, places);
  const [whole, fraction = ''] = cut.split('.');
  return `${whole}.${fraction.padEnd(places, '0')}`;
}

const kSmallestGwei = 100000n;  // wei: less would be all zeros

/** Wei per gas, as [figure, unit]: in gwei, or in wei where that would be nothing but zeros. */
export const fee = (wei) => (BigInt(wei) < kSmallestGwei ? [count(BigInt(wei)), 'wei'] : [amount(BigInt(wei), 9, 4), 'gwei']);
export const gwei = (wei) => fee(wei).join(' ');

/** Bytes of hexadecimal data. */
export const size = (data) => (data.length - 2) / 2;

export function bytes(value) {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1024 ** 3) return `${(value / 1024 ** 2).toFixed(1)} MiB`;
  return `${(value / 1024 ** 3).toFixed(2)} GiB`;
}

/** Seconds with three figures: 0.0123 -> "12.3 ms" */
export function seconds(value) {
  if (value < 1e-3) return `${Math.round(value * 1e6)} µs`;
  if (value < 1) {
    const ms = value * 1e3;
    return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  }
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`;
}

/** How long ago: 0 -> "now", 75 -> "1 min". */
export function age(since, now) {
  const passed = Math.max(0, Math.floor(now - since));
  if (passed < 1) return 'now';
  if (passed < 60) return `${passed} s`;
  if (passed < 3600) return `${Math.floor(passed / 60)} min`;
  if (passed < 86400) return `${Math.floor(passed / 3600)} h`;
  return `${Math.floor(passed / 86400)} d`;
}

/** Uptime: 3700 -> "1 h 1 min" */
export function span(total) {
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min`;
  if (total < 86400) return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
  return `${Math.floor(total / 86400)} d ${Math.floor((total % 86400) / 3600)} h`;
}

/** A moment in Unix seconds as UTC: "2026-11-21 08:49:06 UTC" */
export const moment = (unix) =>
  `${new Date(unix * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** 0x1234…abcd */
export const short = (hex, head = 6, tail = 4) =>
  hex.length <= head + tail + 3 ? hex : `${hex.slice(0, head + 2)}…${hex.slice(-tail)}`;

/** The same for an axis: no zeros at the end. */
export const tick = (value) => seconds(value).replace(/\.0+ /, ' ');

/** Transactions per second: few with a decimal, many without. */
export const rate = (value) => (value > 0 && value < 10 ? value.toFixed(1) : count(Math.round(value)));

/** A contract's own words: one line, no control or direction-changing characters, not long. */
export function clean(words, longest = 80) {
  const line = [...String(words)].filter((c) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u.test(c));
  return line.length > longest ? `${line.slice(0, longest).join('')}…` : line.join('');
}

/**
 * A quantile of a histogram, straight within a bucket.
 * @param bounds  upper ends of the buckets; counts has one more, for what lies beyond
 * @return undefined where nothing was counted
 */
export function quantile(bounds, counts, q) {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (let i = 0; i < counts.length; ++i) {
    if (below + counts[i] >= q * total && counts[i] > 0) {
      const low = i === 0 ? 0 : bounds[i - 1];
      const high = bounds[Math.min(i, bounds.length - 1)];
      return low + (high - low) * ((q * total - below) / counts[i]);
    }
    below += counts[i];
  }
  return bounds[bounds.length - 1];
}
