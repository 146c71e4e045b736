// The verification flow, RFC 8628 §3.3: enter a code, see the request, approve or deny, and see the next step.

import { call } from './api.js';
import * as code from './code.js';
import { narrowed, showConsent } from './consent.js';
import { LINKED, openDevices } from './devices.js';
import { element, settings } from './document.js';
import { hold, isHeld, Problem, run, show } from './screens.js';
import { remember, session, signIn, signOutHere } from './sign-in.js';
import { fill, say } from './words.js';

let grant; // the response of claim
let again = () => enter(''); // shows the flow's current screen again after the linked devices
let isOver = false;

/** Shows a screen of the flow, now and after the linked devices. */
export function stay(screen) {
  isOver = false;
  again = screen;
  again();
}

const CODE = { 'enter-title': 'enter.title', 'enter-label': 'enter.label', hint: 'enter.hint' };
const COMPARISON = { 'enter-title': 'enter.check_title', 'enter-label': 'enter.check_label', hint: 'enter.compare' };

function askFor(phrases) {
  for (const [id, phrase] of Object.entries(phrases)) {
    element(id).dataset.words = phrase;
    fill(element(id), phrase);
  }
}

/** Asks for a code, or asks to compare the code from a link. */
export function enter(userCode) {
  code.put(userCode);
  askFor(userCode ? COMPARISON : CODE);
  stay(() => show('enter'));
  if (!userCode) element('user-code').focus();
}

export const showCurrent = () => again();

/** Shows the current screen, or starts a new flow. */
export const resume = () => isOver ? enter('') : again();

export async function claim(userCode) {
  const answer = await call('POST', '/oauth/device/claim',
    { body: { user_code: userCode }, unreachable: 'problem.unreachable' }).finally(() => askFor(CODE));
  grant = { ...answer, user_code: userCode };
  remember({ userCode });
  stay(() => showConsent(grant, { approve: () => approve(false), deny, change }));
}

async function approve(acknowledged) {
  if (grant.confirmation === 'acknowledgement' && !acknowledged) return showAcknowledgement();
  let answer;
  try {
    answer = await decide('approve', { ...narrowed(), ...(acknowledged && { acknowledged }) });
  } catch (problem) {
    if (problem.error === 'acknowledgement_required') return showAcknowledgement();
    if (problem.error !== 'invalid_user_code') throw problem;
    throw new Problem('problem.request_over', { screen: 'enter', field: 'user-code' });
  }
  if (answer.confirmation) return showNumber({ number: answer.confirmation, client: grant.client_name });
  return finish('approved');
}

async function change() {
  signOutHere();
  await signIn('enter', { userCode: grant.user_code });
}

async function deny(report) {
  try {
    await decide('deny', report ? { report } : {});
  } catch (problem) {
    if (problem.error !== 'invalid_user_code') throw problem;
    remember(undefined);
    isOver = true;
    history.pushState(null, '', LINKED);
    await openDevices();
    throw new Problem('problem.deny_late');
  }
  finish(report ? 'reported' : 'denied');
}

function decide(verb, more) {
  const { user_code, approval_nonce } = grant;
  return call('POST', `/oauth/device/${verb}`,
    { body: { user_code, approval_nonce, ...more }, unreachable: 'problem.answer_lost' });
}

// ---- Screens

function showAcknowledgement() {
  const { client_name: client, requested_from: address } = grant;
  element('acknowledgement').value = '';
  stay(() => {
    hold(['acknowledge-approve', 'acknowledge-deny', 'acknowledge-report']);
    show('acknowledge', () => {
      fill(element('acknowledge-text'), 'acknowledge.text', { client, address });
      fill(element('acknowledgement-label'), 'acknowledge.label', { phrase: say('acknowledge.phrase') });
    });
  });
}

function readAcknowledgement() {
  const plain = text => text.normalize('NFKD').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const phrase = say('acknowledge.phrase');
  if (plain(element('acknowledgement').value) === plain(phrase)) return;
  throw new Problem('problem.acknowledgement',
    { values: { phrase: () => say('acknowledge.phrase') }, field: 'acknowledgement' });
}

/** After a reload there is no grant. The number is still shown, but the request cannot be denied. */
export function showNumber({ number, client }) {
  element('number').textContent = number;
  element('number-report').hidden = !grant;
  code.put('');
  remember({ number, client });
  stay(() => {
    hold(['number-report']);
    show('confirm-number', () => fill(element('number-text'), 'number.text', { client }));
  });
}

const ENDS = {
  approved: ['approved.title', 'approved.text', 'approved.next'],
  denied: ['denied.title', 'denied.text', 'denied.next'],
  reported: ['reported.title', 'reported.text', 'reported.next'],
};

function finish(status) {
  const { client_name: client } = grant;
  const [title, text, next] = ENDS[status];
  element('done').dataset.status = status;
  code.put('');
  remember(undefined);
  grant = undefined;
  stay(() => show('done', () => {
    fill(element('done-title'), title);
    fill(element('done-text'), text, { client });
    fill(element('done-next'), next);
    if (status === 'reported' && settings.support) element('done-next').append(' ', supportLink());
  }));
  isOver = true;
}

function supportLink() {
  const link = element('support').cloneNode(true);
  link.removeAttribute('id');
  return link;
}

// ---- Buttons

const press = (id, step) => element(id).addEventListener('click', () => run(async () => isHeld(id) || step()));
const submit = (id, step) => element(id).addEventListener('submit', event => {
  event.preventDefault();
  run(step);
});

submit('code-form', async () => {
  const userCode = code.read();
  code.put(userCode);
  await (session ? claim(userCode) : signIn('enter', { userCode }));
});
submit('acknowledge-form', async () => {
  if (isHeld('acknowledge-approve')) return;
  readAcknowledgement();
  await approve(true);
});
press('acknowledge-deny', () => deny(false));
press('acknowledge-report', () => deny(true));
press('number-report', () => deny(true));
