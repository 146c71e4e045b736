// One screen at a time, one step at a time, and one place where the person is told what went wrong.

import { element, settings } from './document.js';
import { fill } from './words.js';

/**
 * Something the person must be told. `screen` is where they can act on it; none means where they are. Values that
 * are functions are asked when the words are shown, in the language of that moment.
 */
export class Problem extends Error {
  constructor(phrase, { values = {}, screen, field, error } = {}) {
    super(phrase);
    Object.assign(this, { phrase, values, screen, field, error });
  }
}

let current = { name: 'wait', render: () => {} };
let said = { message: undefined, status: undefined };
let busy = false;

/** `render` writes what the screen says; it is called again when the language changes. */
export function show(name, render = () => {}) {
  current = { name, render };
  draw();
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== name;
  element('to-enter').hidden = !['linked', 'sign-in'].includes(name);
  element('to-linked').hidden = !element('to-enter').hidden || ['done', 'confirm-number', 'login', 'returning'].includes(name);
  element(name).querySelector('h1').focus();
}

export const shown = () => current.name;

const READING = 1_000;
let held = { ids: [], then: () => {} };
let reading;

/**
 * The buttons that decide become active a second after their screen is seen: a double click, a key that was still
 * down, or a click meant for a window that lay in front, decides nothing.
 */
export function hold(ids, then = () => {}) {
  held = { ids, then };
  wait();
}

function wait() {
  clearTimeout(reading);
  const { ids, then } = held;
  for (const id of ids) element(id).setAttribute('aria-disabled', 'true');
  if (document.hidden || !document.hasFocus()) return;
  reading = setTimeout(() => {
    for (const id of ids) element(id).removeAttribute('aria-disabled');
    then();
  }, READING);
}

for (const change of ['blur', 'focus']) addEventListener(change, wait);
document.addEventListener('visibilitychange', wait);

export const isHeld = id => element(id).hasAttribute('aria-disabled');

/** All that is on the screen, in the language that was just chosen. */
export function redraw() {
  draw();
  tell('message', said.message);
  tell('status', said.status);
}

function draw() {
  current.render();
  const title = element(current.name).querySelector('h1').textContent;
  document.title = `${title} · ${settings.brand}`;
}

function tell(place, what) {
  said[place] = what;
  if (!what) {
    element(place).replaceChildren();
    return;
  }
  const values = Object.entries(what.values ?? {});
  fill(element(place), what.phrase,
    Object.fromEntries(values.map(([name, value]) => [name, typeof value === 'function' ? value() : value])));
}

/** What went wrong, said at once. */
export function warn(problem) {
  tell('message', problem);
  for (const field of document.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  if (problem?.field) element(problem.field).setAttribute('aria-invalid', 'true');
}

/** What was done, said when there is quiet. */
export function report(phrase, values) {
  tell('status', phrase && { phrase, values });
}

/** Runs one step; whatever is pressed meanwhile does nothing. A failure is said in words. */
export async function run(step) {
  if (busy) return;
  setBusy(true);
  warn(undefined);
  report(undefined);
  try {
    await step();
  } catch (failure) {
    const problem = failure instanceof Problem ? failure : new Problem('problem.unknown');
    if (problem.screen ?? (shown() === 'wait')) show(problem.screen ?? 'enter');
    warn(problem);
    if (problem.field) element(problem.field).select();
    if (problem !== failure) throw failure;
  } finally {
    setBusy(false);
  }
}

/** Not `disabled`, which would drop the focus of whoever uses the keyboard. */
export function setBusy(now) {
  busy = now;
  document.querySelector('main').setAttribute('aria-busy', now);
}

const confirmation = element('confirm');

/** Asks once more before what cannot be undone; resolves to whether to go on. */
export function ask(title, text, yes, values) {
  fill(element('confirm-title'), title, values);
  fill(element('confirm-text'), text, values);
  fill(element('confirm-yes'), yes);
  confirmation.returnValue = '';
  confirmation.showModal();
  return new Promise(resolve =>
    confirmation.addEventListener('close', () => resolve(confirmation.returnValue === 'yes'), { once: true }));
}

element('confirm-yes').addEventListener('click', () => confirmation.close('yes'));
element('confirm-no').addEventListener('click', () => confirmation.close());
