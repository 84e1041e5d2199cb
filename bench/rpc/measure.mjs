// What a process has used, and how times are summed up.
import { readFileSync } from 'node:fs';

export const now = () => performance.now();
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))];
export const round = (value, digits = 1) => Number(value.toFixed(digits));

const ticksPerSecond = 100;  // USER_HZ, which is what proc(5) tells times in
/// Resident memory [MiB]. RssAnon: without what is mapped from files, which the kernel takes back as it likes.
export const memoryMiB = (pid, field = 'VmRSS') =>
  Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
/// Processor time of all threads so far [ms].
export function processorMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');  // from field 3 on
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
