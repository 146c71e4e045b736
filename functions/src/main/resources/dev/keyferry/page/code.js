// The user code, RFC 8628 §6.1, and the field that it is typed into.

import { element } from './document.js';
import { Problem, warn } from './screens.js';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;
const FORM = `[${ALPHABET}]{4}`;
const DASH = '[\\p{Pd}\\u2212_.]';
const IN_A_LINK = /[?&]user_code=([^&#\s]+)/i;
/** Matches the last code in a text. The dash distinguishes a code from two words of four letters. */
const amongWords = dash =>
  new RegExp(`^.*(?<![\\p{L}\\p{N}])(${FORM})${dash}(${FORM})(?![\\p{L}\\p{N}])`, 'su');
const AMONG_WORDS = [amongWords(DASH), amongWords('\\s?')];

const field = element('user-code');

export const normalise = typed =>
  typed.normalize('NFKC').toUpperCase().replace(/[\s\p{Pd}\u2212\p{Cf}]/gu, '');
export const grouped = code => code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
export const isUserCode = code => code.length === LENGTH && strange(code) === undefined;

const strange = code => [...code].find(character => !ALPHABET.includes(character));
const possible = code => [...code].filter(character => ALPHABET.includes(character)).join('');

const problem = (phrase, values) => new Problem(phrase, { values, screen: 'enter', field: 'user-code' });

export function put(code) {
  field.value = grouped(code);
}

export function read() {
  const code = normalise(field.value);
  if (isUserCode(code)) return code;
  throw code === '' ? problem('problem.code_missing') : problem('problem.code_short', { count: code.length });
}

/** Groups the typed code and keeps the caret in place. Refuses an invalid character, and names it. */
function tidy(event) {
  if (event.isComposing) return;
  const typed = normalise(field.value);
  const code = possible(typed);
  const before = possible(normalise(field.value.slice(0, field.selectionStart))).length;
  const inserting = event.inputType?.startsWith('insert');
  put(code.slice(0, LENGTH));
  const caret = before > 4 || (before === 4 && inserting && code.length > 4) ? before + 1 : before;
  field.setSelectionRange(caret, caret);
  const impossible = strange(typed);
  warn(impossible ? problem('problem.code_character', { character: impossible })
    : code.length > LENGTH ? problem('problem.code_long') : undefined);
}

function among(text) {
  const [, first, second] = AMONG_WORDS.map(each => each.exec(text)).find(Boolean) ?? ['', '', ''];
  return first + second;
}

/** Accepts a pasted code inside a link or a text. */
function paste(event) {
  const text = event.clipboardData.getData('text').normalize('NFKC').toUpperCase();
  const code = normalise(IN_A_LINK.exec(text)?.[1] ?? among(text));
  if (!isUserCode(code)) return;
  event.preventDefault();
  put(code);
  warn(undefined);
}

field.addEventListener('input', tidy);
field.addEventListener('compositionend', tidy);
field.addEventListener('paste', paste);
