import { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { roles } from '../../domain/roles.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { putSetting } from '../../sink/queries/setting-changes.ts';
import { addToken, readTokens, removeToken, tokenName, tokensPath } from '../auth/token-file.ts';
import type { TokenStore } from '../auth/token-store.ts';
import type { App } from '../http/create-app.ts';
import { notFound } from '../http/problem.ts';
import type { ApiDeps } from './dependencies.ts';
import { timestamp } from './response-schemas.ts';

const path = '/api/v1/settings/tokens';
const admin = { role: 'admin' } as const;

const entry = { name: tokenName, role: z.enum(roles) };
export const tokensResponse = z.strictObject({
  tokens: z.array(z.strictObject({ ...entry, createdAt: timestamp })),
  isRequired: z.boolean().describe('Whether callers need a token'),
});
const addBody = z.strictObject(entry);
const addedResponse = z.strictObject({ ...entry, token: z.string().describe('Returned only here') });
const removeQuery = z.strictObject({ name: z.string().min(1).max(64) });

interface TokenDeps extends Pick<ApiDeps, 'maintenance'> {
  readonly config: Pick<Config, 'server' | 'dataDir'>;
  readonly tokens: TokenStore;
}

/** API tokens. They stay in the token file, which the commands share; the audit log records who added and removed them. */
export function registerTokenSettings(app: App, { config, tokens, maintenance: { db, clock } }: TokenDeps): void {
  const file = tokensPath(config);
  const record = (name: string, value: object | undefined, changedBy: string): Promise<void> =>
    putSetting(db.maintenance, {
      ...{ kind: 'token', name, changedBy, changedAt: clock.now() },
      value: value ? JSON.stringify(value) : '',
    });

  const listSchema = { summary: 'Names and roles of the API tokens', response: { 200: tokensResponse } };
  app.get(path, { config: admin, schema: listSchema }, async () => ({
    tokens: (await readTokens(file)).map(({ name, role, createdAt }) => ({ name, role, createdAt })),
    isRequired: tokens.isRequired(),
  }));

  const addSchema = { summary: 'Creates an API token', body: addBody, response: { 200: addedResponse } };
  app.post(path, { config: admin, schema: addSchema }, async ({ body, caller }) => {
    const { name, role } = body;
    // From the first token on, everybody needs one: without an admin, nobody could add more.
    if (role !== 'admin' && !(await readTokens(file)).some((one) => one.role === 'admin') && !caller?.isProxyUser)
      throw new FeedpulseError('USAGE', 'role: the first token must have the role admin.');
    const token = await addToken(file, body, new Date(clock.now()));
    try {
      await record(name, { role }, caller?.name ?? '');
    } catch (error) {
      await removeToken(file, name);
      throw error;
    }
    await tokens.reload();
    return { name, role, token };
  });

  const removeSchema = {
    summary: 'Revokes an API token and ends its sessions',
    querystring: removeQuery,
    response: { 204: z.undefined().describe('The token is revoked') },
  };
  app.delete(path, { config: admin, schema: removeSchema }, async ({ query: { name }, caller }, reply) => {
    const all = await readTokens(file);
    if (!all.some((one) => one.name === name)) throw notFound(`No token is named ${name}.`);
    if (all.every((one) => one.name === name || one.role !== 'admin'))
      throw new FeedpulseError('USAGE', `name: ${name} is the last token with the role admin; add another one first.`);
    await record(name, undefined, caller?.name ?? '');
    await removeToken(file, name);
    await tokens.reload();
    return reply.code(204).send();
  });
}
