// Words in the person's language, and outside texts among them made harmless.

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

/** The language as this browser's country writes it: British English has another clock than American. */
export const locale = () =>
  navigator.languages.find(each => each === language || each.startsWith(`${language}-`)) ?? language;

/**
 * Others choose some texts: what would hide, reorder or overprint characters is shown as a mark instead. U+FE0F
 * makes a picture of a character, and stays.
 */
export const visible = text => String(text)
  .replace(/(?!\uFE0F)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]/gu, '\u{FFFD}')
  .replace(/\p{Zs}+/gu, ' ')
  .replace(/(\p{M}{3})\p{M}+/gu, '$1');

/** A phrase as a text. */
export function say(phrase, values = {}) {
  return parts(phrase, values).map(part => part.text).join('');
}

/** A phrase into an element, each value in it isolated, so that it cannot reorder what surrounds it. */
export function fill(node, phrase, values = {}) {
  node.replaceChildren(...parts(phrase, values).map(part => part.isValue ? isolated(part.text) : part.text));
}

/** An outside text on its own. */
export function isolated(text) {
  const bdi = document.createElement('bdi');
  bdi.textContent = visible(text);
  return bdi;
}

/** What somebody may do, in the operator's words, else in ours, else as it is called. */
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
