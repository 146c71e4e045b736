// Sign-in: authorization code + PKCE at the operator's issuer. The token stays in this page's memory.

import * as oauth from './oauth4webapi.js';
import { settings } from './document.js';
import { Problem } from './screens.js';
import { language } from './words.js';

const PENDING = 'keyferry:sign-in';
const FLOW = 'keyferry:flow';
const CODE_LIFETIME = 600_000;

const client = { client_id: settings.clientId };
const redirectUri = `${location.origin}/device`;
const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(settings.issuer.hostname);
const requestOptions = () => ({ [oauth.allowInsecureRequests]: isLoopback, signal: AbortSignal.timeout(15_000) });

/** { token, account }, lost after a reload. */
export let session;
let needsAnother = false;

/** After this, the next sign-in asks for the user, even if the issuer has a session. */
export function signOutHere() {
  session = undefined;
  needsAnother = true;
}

export function sessionIsOver() {
  session = undefined;
}

async function discover() {
  const response = await oauth.discoveryRequest(settings.issuer, requestOptions());
  return oauth.processDiscoveryResponse(settings.issuer, response);
}

/**
 * Goes to the issuer. The tab's storage keeps the state until the return, which removes it: `view`, and the typed code
 * or the program's request, which must not be in any URL.
 */
export async function signIn(view, { userCode = '', request } = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const server = await discover().catch(error => signInFailed(error, view));
  const target = new URL(server.authorization_endpoint);
  const query = {
    response_type: 'code', client_id: client.client_id, redirect_uri: redirectUri, scope: settings.scope,
    state, nonce, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    ui_locales: language, ...(needsAnother && { prompt: 'login' }),
    ...(settings.audience && { audience: settings.audience }), // Auth0
    ...(settings.resource && { resource: settings.resource }), // RFC 8707
  };
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  sessionStorage.setItem(PENDING, JSON.stringify({ verifier, state, nonce, view, needsAnother, userCode, request, language }));
  location.assign(target);
  await new Promise(() => {}); // busy until the browser has left
}

/** Returns the state of a sign-in, and removes it. */
export function takePending() {
  const pending = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const found = JSON.parse(pending);
  needsAnother = found?.needsAnother ?? false;
  return found;
}

/** Keeps state across a reload or a step back: the current code, or the number for the device. */
export function remember(state) {
  if (state) sessionStorage.setItem(FLOW, JSON.stringify({ ...state, until: Date.now() + CODE_LIFETIME }));
  else sessionStorage.removeItem(FLOW);
}

export function recall() {
  const state = JSON.parse(sessionStorage.getItem(FLOW));
  return state?.until > Date.now() ? state : {};
}

export async function finishSignIn(answer, { verifier, state, nonce, view }) {
  try {
    const server = await discover();
    const parameters = oauth.validateAuthResponse(server, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server, client, oauth.None(), parameters, redirectUri, verifier, requestOptions());
    const tokens = await oauth.processAuthorizationCodeResponse(
      server, client, response, { expectedNonce: nonce, requireIdToken: true });
    const person = oauth.getValidatedIdTokenClaims(tokens);
    const account = person.preferred_username ?? person.email ?? person.name ?? person.sub;
    session = { token: tokens.access_token, account };
    needsAnother = false;
  } catch (error) {
    signInFailed(error, view);
  }
}

function signInFailed(error, view) {
  console.warn(`Sign-in: ${error.message}`); // for the operator; the message contains no code or token
  const declined = error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied';
  throw new Problem(declined ? 'problem.not_signed_in' : 'problem.sign_in',
    { screen: { linked: 'sign-in', login: 'login' }[view] ?? 'enter' });
}
