// Consent, in words: who asks for what, for how long, when and from where.

import { element, make } from './document.js';
import { duration, showMoment } from './formats.js';
import { grouped } from './code.js';
import { redraw, run, show } from './screens.js';
import { session } from './sign-in.js';
import { fill, say, visible, wordsOf } from './words.js';

const SHORTER = [600, 3_600, 28_800, 86_400, 604_800, 2_592_000, 7_776_000, 15_552_000];
const READING = 1_000;

const decisions = [element('approve'), element('deny'), element('report')];
let arrived;
let decided; // what each press does

/**
 * The choice becomes active a second later: a double click, or a key that was still down, decides nothing. A grant
 * without a user code is a program's on this computer.
 */
export function showConsent(grant, { approve, deny, change }) {
  decided = { approve, deny: () => deny(false), report: () => deny(true), 'not-you': change };
  element('lifetime').replaceChildren(...lifetimes(grant.expires_in));
  element('name').value = '';
  clearTimeout(arrived);
  setReady(false);
  show('consent', () => render(grant));
  arrived = setTimeout(() => {
    setReady(true);
    redraw();
  }, READING);
}

const isReady = () => !element('approve').hasAttribute('aria-disabled');

function setReady(ready) {
  for (const button of decisions) {
    if (ready) button.removeAttribute('aria-disabled');
    else button.setAttribute('aria-disabled', 'true');
  }
}

/** What the person changed, as approve takes it. */
export function narrowed() {
  const name = element('name').value.replace(/\p{C}/gu, '').trim();
  const seconds = Number(element('lifetime').value);
  return { ...(name && { name }), ...(seconds && { expires_in: seconds }) };
}

function render(grant) {
  fill(element('consent-title'), 'consent.title', { client: grant.client_name });
  const isDevice = grant.user_code !== undefined;
  for (const part of document.querySelectorAll('#consent .of-device')) part.hidden = !isDevice;
  element('code').textContent = grouped(grant.user_code ?? '');
  fill(element('report'), isDevice ? 'consent.report' : 'consent.not_started');
  element('account').textContent = visible(session?.account ?? '');
  element('device').hidden = !grant.device_name;
  element('device-name').textContent = visible(grant.device_name ?? '');
  element('requested-from').textContent = visible(grant.requested_from);
  element('scopes').replaceChildren(...wordsOf(grant).map(scope => make('li', {}, scope)));
  for (const option of element('lifetime').options) option.textContent = duration(Number(option.dataset.seconds));
  showMoment(element('requested-at'), grant.requested_at);
  if (isDevice) renderNetwork(grant);
  else renderProgram();
  fill(element('ready'), isReady() ? 'consent.ready' : 'consent.reading');
}

function renderNetwork({ same_network: isSame, confirmation }) {
  const network = element('network');
  network.classList.toggle('warning', !isSame);
  fill(network, isSame ? 'consent.same_network' : 'consent.other_network');
  if (confirmation === 'number') network.append(' ', say('consent.number_follows'));
}

function renderProgram() {
  element('network').classList.remove('warning');
  fill(element('network'), 'consent.this_computer');
}

/** What was asked for, and whatever is shorter. */
function lifetimes(asked) {
  const option = (seconds, value) => make('option', { value, 'data-seconds': seconds });
  return [option(asked, ''), ...SHORTER.filter(each => each < asked).reverse().map(each => option(each, each))];
}

for (const id of ['approve', 'deny', 'report']) {
  element(id).addEventListener('click', () => run(async () => isReady() && decided[id]()));
}
element('not-you').addEventListener('click', () => run(() => decided['not-you']()));
