// The consent screen: the client, its scopes, the lifetime, and the time and address of the request.

import { element, make } from './document.js';
import { duration, showMoment } from './formats.js';
import { grouped } from './code.js';
import { hold, isHeld, redraw, run, show } from './screens.js';
import { session } from './sign-in.js';
import { fill, visible, wordsOf } from './words.js';

const SHORTER = [600, 3_600, 28_800, 86_400, 604_800, 2_592_000, 7_776_000, 15_552_000];
const DECISIONS = ['approve', 'deny', 'report'];

let chosenFor; // the grant that the fields belong to
let decided; // the action of each button

/** A grant without a user code belongs to a program on this computer. */
export function showConsent(grant, { approve, deny, change }) {
  decided = { approve, deny: () => deny(false), report: () => deny(true), 'not-you': change };
  if (chosenFor !== grant) {
    chosenFor = grant;
    element('lifetime').replaceChildren(...lifetimes(grant.link_expires_in));
    element('name').value = '';
  }
  hold(DECISIONS, redraw);
  show('consent', () => render(grant));
}

/** The user's changes, as parameters of approve. */
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
  fill(element('ready'), isHeld('approve') ? 'consent.reading' : 'consent.ready');
}

function renderNetwork({ same_network: isSame, confirmation }) {
  const network = element('network');
  network.classList.toggle('warning', !isSame);
  fill(network, isSame ? 'consent.same_network' : 'consent.other_network');
  element('number-follows').hidden = confirmation !== 'number';
}

function renderProgram() {
  element('network').classList.remove('warning');
  element('number-follows').hidden = true;
  fill(element('network'), 'consent.this_computer');
}

/** The longest possible lifetime, including renewals, and all shorter choices. */
function lifetimes(longest) {
  const option = (seconds, value) => make('option', { value, 'data-seconds': seconds });
  return [option(longest, ''), ...SHORTER.filter(each => each < longest).reverse().map(each => option(each, each))];
}

for (const id of DECISIONS) element(id).addEventListener('click', () => run(async () => isHeld(id) || decided[id]()));
element('not-you').addEventListener('click', () => run(() => decided['not-you']()));
