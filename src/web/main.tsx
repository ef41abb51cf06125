import { render } from 'preact';
import { App } from './app.tsx';
import { startSession } from './state/session.ts';
import { connectStream } from './state/stream.ts';

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no #page element.');
const page = root;

void startSession().then(() => {
  render(<App />, page);
  void connectStream();
});
