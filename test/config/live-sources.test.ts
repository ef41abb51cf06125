import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'feedpulse-live-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(servers: readonly object[], env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, `${Math.random()}.yaml`);
  writeFileSync(file, JSON.stringify({ source: 'mastodon', mastodon: { servers } }));
  return loadConfig({ file, env }).mastodon;
}

describe('mastodon', () => {
  it('follows the local timeline with the token of the server, or the common one', () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'of-the-file\n');
    const { servers, accessToken, rewind } = load(
      [{ url: 'https://social.example' }, { url: 'https://trains.example', accessTokenFile: tokenFile }],
      { FEEDPULSE_MASTODON_ACCESS_TOKEN: 'of-the-environment' },
    );
    expect(servers).toEqual([
      { url: 'https://social.example', stream: 'public:local', hashtags: [] },
      { url: 'https://trains.example', stream: 'public:local', hashtags: [], accessToken: 'of-the-file', accessTokenFile: tokenFile },
    ]);
    expect([accessToken, rewind]).toEqual(['of-the-environment', '5m']);
  });

  it.each([
    ['a server that would receive the token unencrypted', [{ url: 'http://social.example' }], 'must be https://'],
    ['a token in the address', [{ url: 'https://ines:secret@social.example' }], 'expected https://'],
    ['a hashtag stream without hashtags', [{ url: 'https://social.example', stream: 'hashtag' }], 'required with `stream: hashtag`'],
    ['hashtags of another stream', [{ url: 'https://social.example', hashtags: ['tea'] }], 'required with `stream: hashtag`'],
    ['a hashtag with a path', [{ url: 'https://social.example', stream: 'hashtag', hashtags: ['../tea'] }], 'expected a hashtag without #'],
    ['a server listed twice', [{ url: 'https://social.example' }, { url: 'https://social.example' }], 'each server can be listed once'],
    ['no server', [], 'mastodon.servers'],
  ])('rejects %s', (_, servers, message) => {
    expect(() => load(servers)).toThrow(message);
  });

  it('allows an unencrypted connection to this machine', () => {
    expect(load([{ url: 'http://127.0.0.1:3000' }]).servers).toHaveLength(1);
  });
});
