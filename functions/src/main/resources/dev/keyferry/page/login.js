// The login of a program on this computer, RFC 6749 §4.1: see the request, approve or deny, and return to the program.

import { call } from './api.js';
import { narrowed, showConsent } from './consent.js';
import { element } from './document.js';
import { stay } from './flow.js';
import { Problem, run, show, shown } from './screens.js';
import { remember, session, signIn, signOutHere } from './sign-in.js';

const LOOPBACK = ['127.0.0.1', '[::1]'];

let request; // the parameters that the program opened the page with
let nonce; // the approval nonce, which each decision needs

/** The parameters of an address. The server checks them. A parameter that appears twice becomes a list. */
export function readRequest(query) {
  return Object.fromEntries([...new Set(query.keys())].map(name => {
    const values = query.getAll(name);
    return [name, values.length === 1 ? values[0] : values];
  }));
}

/** Starts when the page opens, and again after the user signed in. */
export async function openLogin(parameters) {
  keepRequest(parameters);
  stay(() => show('wait'));
  if (!request) throw over('problem.login_forgotten');
  await goOn();
}

/** Stores the request, so that a failed sign-in does not lose it. */
export function keepRequest(parameters) {
  request = parameters && Object.keys(parameters).length ? parameters : undefined;
  element('login-form').hidden = !request;
  remember(request && { request });
}

const goOn = () => session ? claim() : signIn('login', { request });

async function claim() {
  let answer;
  try {
    answer = await call('POST', '/oauth/authorize/claim',
      { body: request, unreachable: 'problem.unreachable', signInScreen: 'login' });
  } catch (problem) {
    if (problem.error === 'invalid_request') throw over('problem.login_refused');
    if (shown() === 'wait') problem.screen ??= 'login';
    throw problem;
  }
  if (answer.redirect_to) return leave(answer.redirect_to);
  nonce = answer.approval_nonce;
  stay(() => showConsent(answer, { approve, deny, change }));
}

const approve = () => decide('approve', narrowed());
const deny = report => decide('deny', report ? { report } : {});

async function decide(verb, more) {
  let answer;
  try {
    answer = await call('POST', `/oauth/authorize/${verb}`,
      { body: { approval_nonce: nonce, ...more }, unreachable: 'problem.answer_lost', signInScreen: 'login' });
  } catch (problem) {
    if (problem.error !== 'expired_token') throw problem;
    await claim();
    throw new Problem('problem.login_stale');
  }
  await leave(answer.redirect_to);
}

async function change() {
  signOutHere();
  await signIn('login', { request });
}

/** Returns to the program, which listens only on this computer. */
async function leave(address) {
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'http:' || !LOOPBACK.includes(hostname)) throw new Error('the redirect URI is not a loopback address');
  keepRequest(undefined);
  stay(() => show('returning'));
  location.replace(address);
  await new Promise(() => {}); // busy until the browser has left
}

/** Ends the login here. The user can start again only in the program. */
function over(phrase) {
  keepRequest(undefined);
  stay(() => show('login'));
  return new Problem(phrase, { screen: 'login' });
}

element('login-form').addEventListener('submit', event => {
  event.preventDefault();
  run(goOn);
});
