import { render } from 'preact';
import { App } from './app.tsx';
import { beginSession } from './state/session.ts';
import { listen } from './state/stream.ts';

const place = document.getElementById('page');
if (!place) throw new Error('index.html has no #page');
const page = place;

void beginSession().then(() => {
  render(<App />, page);
  void listen();
});
