// The start of the page: finds out where the user comes from, and opens the right view.

import * as code from './code.js';
import { LINKED, openDevices } from './devices.js';
import { element, settings } from './document.js';
import { claim, enter, resume, showCurrent, showNumber } from './flow.js';
import { keepRequest, openLogin, readRequest } from './login.js';
import { Problem, redraw, run, setBusy, show, warn } from './screens.js';
import { finishSignIn, recall, takePending } from './sign-in.js';
import { language, speak } from './words.js';

const LOGIN = '/oauth/authorize';
const isLinked = () => location.pathname === LINKED;

const query = new URLSearchParams(location.search);
const isLogin = location.pathname === LOGIN;
const returned = !isLogin && (query.has('code') || query.has('error'));
const pending = takePending();
const [{ type: arrival }] = performance.getEntriesByType('navigation');
const places = { linked: LINKED, login: LOGIN };
// Remove codes from the address and the history at once.
history.replaceState(null, '', (returned && places[pending?.view]) || location.pathname);

async function arrive() {
  element('language').value = language;
  showSupport();
  if (returned) return comeBack();
  const left = arrival === 'navigate' ? {} : recall();
  if (isLogin) return openLogin(query.size ? readRequest(query) : left.request);
  if (isLinked()) return openDevices();
  if (left.number) return showNumber(left);
  const userCode = code.normalise(query.get('user_code') ?? pending?.userCode ?? left.userCode ?? '');
  return enter(code.isUserCode(userCode) ? userCode : '');
}

/** The user returns from the issuer. */
async function comeBack() {
  if (!pending) {
    enter(recall().userCode ?? '');
    throw new Problem('problem.foreign_sign_in');
  }
  code.put(pending.userCode);
  keepRequest(pending.request);
  show('wait');
  await finishSignIn(query, pending);
  switch (pending.view) {
    case 'linked': return openDevices();
    case 'login': return openLogin(pending.request);
    default: return claim(pending.userCode);
  }
}

function showSupport() {
  if (!settings.support) return;
  element('support').href = settings.support;
  element('support').hidden = false;
}

/** Opens a view without a reload, which would forget the session. */
function openView(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { pathname } = event.currentTarget;
  run(async () => {
    history.pushState(null, '', pathname);
    await (isLinked() ? openDevices() : resume());
  });
}

for (const link of document.querySelectorAll('a.linked, #to-enter')) link.addEventListener('click', openView);
addEventListener('popstate', () => run(async () => isLinked() ? openDevices() : showCurrent()));
element('language').addEventListener('change', event => {
  speak(event.target.value).then(redraw, () => {
    event.target.value = language;
    warn(new Problem('problem.unreachable'));
  });
});
// If the user goes back from the issuer's page, the browser may restore this page while it is still busy.
addEventListener('pageshow', event => event.persisted && setBusy(false));

// If the phrases cannot be loaded, the first screen stays. It asks the user to reload.
await speak(returned && pending ? pending.language : language);
document.querySelector('footer').hidden = false;
run(arrive);
