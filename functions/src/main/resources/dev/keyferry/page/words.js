// Phrases in the user's language. Texts from outside are made harmless.

import { settings } from './document.js';

const RIGHT_TO_LEFT = ['ar'];

export let language = document.documentElement.lang;
let catalogue;

export async function speak(chosen) {
  const answer = await fetch(new URL(`./words-${chosen}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`cannot load the phrases in ${chosen}`);
  catalogue = await answer.json();
  language = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(chosen) ? 'rtl' : 'ltr';
  for (const node of document.querySelectorAll('[data-words]')) fill(node, node.dataset.words);
  for (const node of document.querySelectorAll('[data-words-label]')) {
    node.setAttribute('aria-label', say(node.dataset.wordsLabel));
  }
}

/** The language with this browser's region, because British and American English write times differently. */
export const locale = () =>
  navigator.languages.find(each => each === language || each.startsWith(`${language}-`)) ?? language;

/**
 * Makes a text from outside safe: replaces characters that would hide, reorder or overprint others. U+FE0F stays,
 * because it turns a character into an emoji.
 */
export const visible = text => String(text)
  .replace(/(?!\uFE0F)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]/gu, '\u{FFFD}')
  .replace(/\p{Zs}+/gu, ' ')
  .replace(/(\p{M}{3})\p{M}+/gu, '$1');

/** Returns a phrase as a text. */
export function say(phrase, values = {}) {
  return parts(phrase, values).map(part => part.text).join('');
}

/** Writes a phrase into an element. Each value is isolated, so that it cannot reorder the text around it. */
export function fill(node, phrase, values = {}) {
  node.replaceChildren(...parts(phrase, values).map(part => part.isValue ? isolated(part.text) : part.text));
}

/** An element with a text from outside. */
export function isolated(text) {
  const bdi = document.createElement('bdi');
  bdi.textContent = visible(text);
  return bdi;
}

/** Describes scopes in the operator's words, or else in ours, or else by name. */
export const wordsOf = ({ scopes }) => scopes.map(({ scope, description }) => {
  const words = description?.[language] ?? description?.en;
  if (words) return isolated(words);
  return scope === 'offline_access' ? say('consent.offline_access') : isolated(scope);
});

function parts(phrase, values) {
  const words = catalogue[phrase];
  if (words === undefined) throw new Error(`the phrase ${phrase} does not exist`);
  const known = { brand: settings.brand, ...values };
  return words.split(/\{(\w+)\}/).map((text, index) =>
    index % 2 === 0 ? { text } : { text: visible(known[text]), isValue: true });
}
