// Calls Keyferry's routes for the signed-in user, and turns their errors into phrases.

import { pause } from './formats.js';
import { Problem } from './screens.js';
import { session, sessionIsOver, signOutHere } from './sign-in.js';

/**
 * @param unreachable the phrase for a missing answer. If a decision's answer is lost, the decision may be stored
 * @param signInScreen the screen for signing in again
 */
export async function call(method, path, { body, unreachable, signInScreen = 'enter' }) {
  if (!session) throw new Problem('problem.session_over', { screen: signInScreen });
  let response;
  try {
    response = await fetch(path, {
      method, credentials: 'omit', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(15_000),
      headers: {
        Authorization: `Bearer ${session.token}`, ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    if (response.status === 204) return {};
    if (response.ok) return await response.json();
  } catch {
    throw new Problem(unreachable);
  }
  throw await refusal(response, unreachable, signInScreen);
}

async function refusal(response, unreachable, screen) {
  const wait = response.headers.get('Retry-After');
  const { error } = await response.json().catch(() => ({}));
  switch (response.status) {
    case 400:
      return new Problem('problem.refused', { error, screen });
    case 401:
      sessionIsOver();
      return new Problem('problem.session_over', { screen });
    case 403:
      signOutHere();
      return new Problem('problem.not_allowed', { screen });
    case 404:
      return new Problem('problem.code_unknown', { error, screen: 'enter', field: 'user-code' });
    case 429:
      return new Problem('problem.too_many', { values: { time: () => pause(wait) } });
    case 503:
      // An outage decides nothing. But after a decision, only the server knows whether an earlier try was stored.
      if (unreachable === 'problem.answer_lost') return new Problem(unreachable);
      return new Problem('problem.outage', { values: { time: () => pause(wait) } });
    default:
      return new Problem(unreachable);
  }
}
