// Shows one screen and runs one step at a time, and shows all errors in one place.

import { element, settings } from './document.js';
import { fill } from './words.js';

/**
 * An error for the user. `screen` is the screen on which they can act; without it, the current screen stays. Values
 * that are functions are called when the text is shown, in the language of that moment.
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

/** `render` writes the screen's texts. It is called again when the language changes. */
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
 * Activates the decision buttons a second after their screen becomes visible. So a double click, a key that is still
 * held down, or a click meant for another window decides nothing.
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

/** Writes all texts on the screen again, in the new language. */
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

/** Shows an error, which a screen reader reads at once. */
export function warn(problem) {
  tell('message', problem);
  for (const field of document.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  if (problem?.field) element(problem.field).setAttribute('aria-invalid', 'true');
}

/** Shows a result, which a screen reader reads when it is idle. */
export function report(phrase, values) {
  tell('status', phrase && { phrase, values });
}

/** Runs one step, and ignores all buttons until it ends. Shows an error if it fails. */
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

/** Does not use `disabled`, which would drop the keyboard focus. */
export function setBusy(now) {
  busy = now;
  document.querySelector('main').setAttribute('aria-busy', now);
}

const confirmation = element('confirm');

/** Asks for confirmation of something that cannot be undone. Resolves to the answer. */
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
