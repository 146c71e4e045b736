// The list of linked devices, and how to unlink them.

import { call } from './api.js';
import { element, make } from './document.js';
import { day, relative } from './formats.js';
import { ask, report, run, show } from './screens.js';
import { session, signIn, signOutHere } from './sign-in.js';
import { fill, isolated, say, wordsOf } from './words.js';

export const LINKED = '/device/linked';
const HOUR = 3_600;

let keys = [];
let hasMore = false;

export async function openDevices() {
  if (!session) return show('sign-in');
  const answer = await request('GET', '/keys');
  keys = answer.keys;
  hasMore = answer.more;
  return showDevices();
}

const request = (method, path) =>
  call(method, path, { unreachable: method === 'GET' ? 'problem.unreachable' : 'problem.answer_lost',
    signInScreen: 'sign-in' });

function showDevices() {
  show('linked', () => {
    fill(element('linked-account'), 'linked.account', { account: session?.account ?? '' });
    element('linked-none').hidden = keys.length > 0;
    element('linked-more').hidden = !hasMore;
    element('sign-out').hidden = keys.length === 0;
    element('devices').replaceChildren(...keys.map(item));
  });
}

const nameOf = key => key.name || key.client_name;

function item(key) {
  const unlink = make('button', { type: 'button', 'aria-label': say('linked.unlink_name', { name: nameOf(key) }) },
    say('linked.unlink'));
  unlink.addEventListener('click', () => run(() => unlinkDevice(key)));
  return make('li', { 'data-key': key.key_id },
    make('h2', {}, isolated(nameOf(key))),
    make('dl', {},
      row(say('linked.app'), isolated(key.client_name)),
      row(say('linked.scopes'), make('ul', {}, ...wordsOf(key).map(scope => make('li', {}, scope)))),
      row(say('linked.since'), day(key.created_at)),
      row(say('linked.used'), lastUse(key)),
      row(say('linked.until'), day(key.expires_at)),
      row(say('linked.from'), isolated(key.requested_from))),
    unlink);
}

/** The last use, which is known to the hour. */
function lastUse({ last_used_at: hour }) {
  if (hour === undefined) return say('linked.never');
  return Date.now() / 1000 - hour < 2 * HOUR ? say('linked.recently') : relative(hour);
}

const row = (term, value) => make('div', {}, make('dt', {}, term), make('dd', {}, value));

async function unlinkDevice(key) {
  const name = nameOf(key);
  if (!await ask('confirm.unlink_title', 'confirm.unlink_text', 'linked.unlink', { name })) return;
  try {
    await request('DELETE', `/keys/${encodeURIComponent(key.key_id)}`);
  } catch (problem) {
    if (problem.error !== 'not_found') throw problem; // it is already unlinked
  }
  // The list is not loaded again, because it is eventually consistent and may still contain the key.
  keys = keys.filter(each => each !== key);
  showDevices();
  report('linked.unlinked', { name });
}

async function signOutEverywhere() {
  if (!await ask('confirm.sign_out_title', 'confirm.sign_out_text', 'linked.sign_out')) return;
  await request('DELETE', '/keys');
  keys = [];
  hasMore = false;
  showDevices();
  report('linked.signed_out');
}

element('sign-out').addEventListener('click', () => run(signOutEverywhere));
element('sign-in-button').addEventListener('click', () => run(() => signIn('linked')));
element('linked-not-you').addEventListener('click', () => run(async () => {
  signOutHere();
  await signIn('linked');
}));
