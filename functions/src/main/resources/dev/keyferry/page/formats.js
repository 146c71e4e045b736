// Formats times and amounts in the user's language.

import { locale, say } from './words.js';

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

const amount = (count, unit) =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/** The two largest units that are not zero: 5400 is “1 hour 30 minutes”. */
export function duration(seconds) {
  const parts = [];
  for (const [unit, size] of UNITS) {
    if (seconds >= size) parts.push(amount(Math.floor(seconds / size), unit));
    seconds %= size;
  }
  return new Intl.ListFormat(locale(), { type: 'unit', style: 'narrow' }).format(parts.slice(0, 2));
}

/** The time to wait, from `Retry-After`. */
export function pause(retryAfter) {
  const seconds = Number(retryAfter);
  if (!(seconds > 0)) return say('time.moment');
  return seconds < 60 ? amount(Math.ceil(seconds), 'second') : amount(Math.ceil(seconds / 60), 'minute');
}

/**
 * Shows “5 minutes ago, at 10:35”, and the full date as a tooltip. A past time is never shown as a future one, even
 * if this clock is slow.
 */
export function showMoment(time, seconds) {
  const moment = new Date(seconds * 1000);
  const clock = new Intl.DateTimeFormat(locale(), { hour: 'numeric', minute: '2-digit' }).format(moment);
  time.dateTime = moment.toISOString();
  time.title = new Intl.DateTimeFormat(locale(), { dateStyle: 'full', timeStyle: 'long' }).format(moment);
  time.textContent = say('time.at', { relative: relative(Math.min(seconds, Date.now() / 1000)), clock });
}

/** A rough time, such as “yesterday” or “in 3 months”. */
export function relative(seconds) {
  const distance = seconds - Date.now() / 1000;
  const size = Math.abs(distance);
  if (size < 60) return say('time.now');
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const [unit, length] = [['year', 31_556_952], ['month', 2_629_746], ...UNITS].find(([, each]) => size >= each);
  return format.format(Math.trunc(distance / length), unit);
}

export const day = seconds => new Intl.DateTimeFormat(locale(), { dateStyle: 'long' }).format(seconds * 1000);
