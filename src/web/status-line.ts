import type { Status } from '../status.ts';
import { byId } from './dom.ts';

/** The line on top: whether posts are flowing, from where, and which model scores them. */
export function showStatus({ ready, parts, postsPerSecond, source, modelVersion }: Status): void {
  const troubles = Object.entries(parts).filter(([, state]) => state !== 'ok');
  if (ready) connection('good', `live · ${postsPerSecond.toFixed(1)} posts/s`);
  else connection('bad', troubles.map(([part, state]) => `${part}: ${state}`).join('; ') || 'not ready');
  write(byId('facts'), `${source} feed · ${modelVersion}`);
}

export const showLost = (): void => connection('bad', 'connection lost, trying again');

/** While the form for a token is shown. */
export function showSignedOut(): void {
  connection('off', 'not signed in');
  write(byId('facts'), '');
}

function connection(state: 'good' | 'bad' | 'off', words: string): void {
  const line = byId('connection');
  line.dataset['state'] = state;
  write(byId('connection-words'), words);
  // Figures change every second: only a change of state is worth reading out.
  write(byId('connection-spoken'), state === 'good' ? 'Connected' : words);
}

function write(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}
