// The verification page, RFC 8628 §3.3: enter the code, sign in, see who asks for what, approve or deny.

import * as oauth from './oauth4webapi.js';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const PENDING_SIGN_IN = 'keyferry:sign-in';
const UNREACHABLE = 'Keyferry could not be reached.';

const element = id => document.getElementById(id);
const setting = name => document.querySelector(`meta[name="keyferry:${name}"]`).content;

const issuer = new URL(setting('issuer'));
const client = { client_id: setting('client-id') };
const redirectUri = `${location.origin}/device`;
const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname);
const requestOptions = () => ({ [oauth.allowInsecureRequests]: isLoopback, signal: AbortSignal.timeout(15_000) });

let session; // { token, account }: in memory only, so that a reload forgets it
let grant; // what claim answered
let busy = false;

/** Something the person must be told. `screen` is where they can act on it; none means where they are. */
class Problem extends Error {
  constructor(words, screen) {
    super(words);
    this.screen = screen;
  }
}

class CodeProblem extends Problem {
  constructor(words) {
    super(words, 'enter');
  }
}

// ---- Screens

function show(screen) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== screen;
  element(screen).querySelector('h1').focus();
}

function tell(words) {
  element('message').textContent = words;
}

/** Runs one step at a time: while it runs every button is disabled, and its failure is said in words. */
async function run(step) {
  if (busy) return;
  const focused = document.activeElement;
  setBusy(true);
  tell('');
  element('user-code').removeAttribute('aria-invalid');
  try {
    await step();
  } catch (problem) {
    const screen = problem.screen ?? (element('wait').hidden ? undefined : 'enter');
    if (screen) show(screen);
    if (problem instanceof CodeProblem) pointAtCode();
    tell(problem instanceof Problem ? problem.message : 'Something went wrong here. Reload this page and try again.');
    if (!(problem instanceof Problem)) throw problem;
  } finally {
    setBusy(false);
    // Disabling a button drops its focus; a keyboard user would be thrown to the top of the page.
    if (document.activeElement === document.body) focused.focus();
  }
}

function setBusy(now) {
  busy = now;
  for (const button of document.querySelectorAll('button')) button.disabled = now;
}

// ---- The code

const normalise = typed => typed.toUpperCase().replace(/[\s\p{Pd}\p{Cf}]/gu, '');
const grouped = code => `${code.slice(0, 4)}-${code.slice(4)}`;
const isUserCode = code => code.length === 8 && [...code].every(character => ALPHABET.includes(character));

function readUserCode() {
  const code = normalise(element('user-code').value);
  if (isUserCode(code)) return code;
  const strange = [...code].find(character => !ALPHABET.includes(character));
  throw new CodeProblem(
    code === '' ? 'Enter the code that your device shows.'
      : strange ? `No code contains “${visible(strange)}”. Codes use letters and digits, without I, O, 0 and 1.`
        : `A code has 8 characters; this has ${code.length}.`);
}

function pointAtCode() {
  element('user-code').setAttribute('aria-invalid', 'true');
  element('user-code').select();
}

// ---- Sign-in: authorization code + PKCE

async function discover() {
  const response = await oauth.discoveryRequest(issuer, requestOptions());
  return oauth.processDiscoveryResponse(issuer, response);
}

async function signIn(userCode) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const server = await discover().catch(signInFailed);
  const target = new URL(server.authorization_endpoint);
  const query = {
    response_type: 'code', client_id: client.client_id, redirect_uri: redirectUri, scope: 'openid keyferry/approve',
    state, nonce, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  sessionStorage.setItem(PENDING_SIGN_IN, JSON.stringify({ verifier, state, nonce, userCode }));
  location.assign(target);
  await new Promise(() => {}); // the buttons stay disabled until the browser has left
}

function takePendingSignIn() {
  const pending = sessionStorage.getItem(PENDING_SIGN_IN);
  sessionStorage.removeItem(PENDING_SIGN_IN);
  return JSON.parse(pending);
}

async function finishSignIn(answer, { verifier, state, nonce }) {
  const server = await discover();
  const parameters = oauth.validateAuthResponse(server, client, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), parameters, redirectUri, verifier, requestOptions());
  const tokens = await oauth.processAuthorizationCodeResponse(
    server, client, response, { expectedNonce: nonce, requireIdToken: true });
  const person = oauth.getValidatedIdTokenClaims(tokens);
  const account = person.preferred_username ?? person.email ?? person.name ?? person.sub;
  session = { token: tokens.access_token, account };
}

function signInFailed(error) {
  console.warn(`Sign-in: ${error.message}`); // for the operator; the message carries no code and no token
  const answered = error instanceof oauth.AuthorizationResponseError;
  throw new Problem(answered && error.error === 'access_denied'
    ? 'You did not sign in. Nothing was changed; press Continue to try again.'
    : 'Signing in did not work. Nothing was changed; press Continue to try again.', 'enter');
}

// ---- Keyferry

async function call(path, body, unreachable) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST', credentials: 'omit', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(15_000),
      headers: { Authorization: `Bearer ${session.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return await response.json();
  } catch {
    throw new Problem(unreachable);
  }
  if (response.status === 401 || response.status === 403) session = undefined;
  switch (response.status) {
    case 404:
      throw new CodeProblem('That code is not valid any more or was mistyped. '
        + 'Check it on your device, or start again there.');
    case 401:
      throw new Problem('Your sign-in has ended. Press Continue to sign in again.', 'enter');
    case 403:
      throw new Problem('This account may not approve devices. Sign in with one that may.', 'enter');
    case 429:
      throw new Problem(`Too many tries. Wait ${pause(response.headers.get('Retry-After'))}, then try again.`);
    default:
      throw new Problem(unreachable);
  }
}

async function claim(userCode) {
  const answer = await call('/oauth/device/claim', { user_code: userCode },
    `${UNREACHABLE} Nothing was changed; try again.`);
  grant = { ...answer, user_code: userCode };
  showConsent();
  // A double click on Continue must not reach the button that has just appeared under it.
  await new Promise(resolve => setTimeout(resolve, 1_000));
}

async function decide(verb) {
  // A lost answer may follow a decision that was stored, so this must not say that nothing was changed.
  const { status } = await call(`/oauth/device/${verb}`,
    { user_code: grant.user_code, approval_nonce: grant.approval_nonce },
    `${UNREACHABLE} Your answer may not have arrived; give it again, that is safe.`);
  const approved = status === 'approved';
  const name = visible(grant.client_name);
  element('done').dataset.status = status;
  element('done-title').textContent = approved ? 'Approved' : 'Denied';
  element('done-text').textContent = approved ? `${name} can now fetch its key.` : `${name} gets no key.`;
  element('user-code').value = '';
  grant = undefined;
  show('done');
}

// ---- Consent, in words

function showConsent() {
  const asked = new Date(grant.requested_at * 1000);
  const texts = {
    'client-name': grant.client_name, code: grouped(grant.user_code), account: session.account,
    'device-name': grant.device_name ?? '', lifetime: duration(grant.expires_in),
    'requested-at': when(asked), 'requested-from': grant.requested_from,
    network: grant.same_network ? 'That is the network this browser is on.'
      : 'This was asked from another network than this browser’s. If you did not start this yourself, deny.',
  };
  for (const [id, text] of Object.entries(texts)) element(id).textContent = visible(text);
  element('device').hidden = !grant.device_name;
  element('network').classList.toggle('warning', !grant.same_network);
  element('requested-at').dateTime = asked.toISOString();
  element('scopes').replaceChildren(...grant.scope.split(' ').map(scope => {
    const item = document.createElement('li');
    item.textContent = visible(scope);
    return item;
  }));
  show('consent');
}

/** Others choose some of these texts: what would hide or reorder characters is shown as a mark instead. */
const visible = text => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');

const amount = (count, unit) =>
  new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/** The two largest units that are not zero: 5400 is “1 hour 30 minutes”. */
function duration(seconds) {
  const parts = [];
  for (const [unit, size] of [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]]) {
    if (seconds >= size) parts.push(amount(Math.floor(seconds / size), unit));
    seconds %= size;
  }
  return parts.slice(0, 2).join(' ');
}

function when(moment) {
  const clock = moment.toLocaleTimeString('en', { hour: 'numeric', minute: '2-digit' });
  const minutes = Math.floor((Date.now() - moment) / 60_000);
  return minutes < 1 ? `just now, at ${clock}` : `${amount(minutes, 'minute')} ago, at ${clock}`;
}

function pause(retryAfter) {
  const seconds = Number(retryAfter);
  if (!(seconds > 0)) return 'a moment';
  return seconds < 60 ? amount(Math.ceil(seconds), 'second') : amount(Math.ceil(seconds / 60), 'minute');
}

// ---- Start

async function arrive() {
  const query = new URLSearchParams(location.search);
  history.replaceState(null, '', '/device');
  const pending = takePendingSignIn();
  const returned = query.has('code') || query.has('error');
  const code = normalise((returned ? undefined : query.get('user_code')) ?? pending?.userCode ?? '');
  if (isUserCode(code)) element('user-code').value = grouped(code);
  if (!returned) {
    show('enter');
    if (!code) element('user-code').focus();
    return;
  }
  if (!pending) {
    throw new Problem('That sign-in was not started here or is already over. Enter the code again.', 'enter');
  }
  show('wait');
  await finishSignIn(query, pending).catch(signInFailed);
  await claim(code);
}

element('code-form').addEventListener('submit', event => {
  event.preventDefault();
  run(async () => {
    const userCode = readUserCode();
    element('user-code').value = grouped(userCode);
    await (session ? claim(userCode) : signIn(userCode));
  });
});
element('approve').addEventListener('click', () => run(() => decide('approve')));
element('deny').addEventListener('click', () => run(() => decide('deny')));
// Back from the sign-in page, the browser may restore this one as it was left: busy.
addEventListener('pageshow', event => event.persisted && setBusy(false));

run(arrive);
