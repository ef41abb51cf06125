import { render } from 'preact';
import { App } from './app.tsx';
import { hasInvitation, takeInvitation } from './state/invitation.ts';
import { startSession } from './state/session.ts';
import { connectStream } from './state/stream.ts';

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no #page element.');
const page = root;

// A link that is opened in this tab changes nothing but the fragment, which loads no page.
window.addEventListener('hashchange', () => {
  if (hasInvitation()) location.reload();
});

void startSession(takeInvitation()).then(() => {
  render(<App />, page);
  void connectStream();
});
