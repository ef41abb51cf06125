import fastifySwagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { version } from '../../lib/version.ts';
import type { App } from './create-app.ts';

const problem = z.toJSONSchema(z.object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() }));
const problemResponse = (description: string): object => ({ description, content: { 'application/problem+json': { schema: problem } } });

const invalid = { 400: problemResponse('A parameter or field is invalid; the detail names it') };
const unauthorized = {
  401: problemResponse('Missing or unknown token'),
  403: problemResponse('Insufficient role, or cross-origin request'),
};
const unavailable = {
  429: problemResponse('Too many requests; see `Retry-After`'),
  503: problemResponse('A dependency, such as the database, is unavailable; see `Retry-After`'),
};

/** While no token exists, requests are not authenticated. */
const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token from `feedpulse tokens add`' },
  session: { type: 'apiKey', in: 'cookie', name: 'feedpulse', description: 'From POST /api/v1/session; named __Host-feedpulse over TLS' },
} as const;

/** Derives `/api/v1/openapi.json` from the schemas and roles of the routes. Must be registered before the routes. */
export async function registerOpenApi(app: App): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'feedpulse', version },
      security: [{ token: [] }, { session: [] }],
      components: { securitySchemes },
    },
    transform: (document) => {
      const { url, route } = document;
      if (!url.startsWith('/api/v1/') || url === path) return { schema: { hide: true }, url };
      const { schema } = jsonSchemaTransform({ ...document, schema: document.schema ?? {} });
      const { role, cacheable } = route.config ?? {};
      const takesInput = schema['querystring'] ?? schema['body'] ?? schema['params'];
      const responses = {
        ...(schema['response'] as object | undefined), // as jsonSchemaTransform returns it
        ...(cacheable && { 304: { description: 'Unchanged since the response with the ETag in `If-None-Match`', type: 'null' } }),
        ...(takesInput !== undefined && invalid),
        ...(role !== 'public' && unauthorized),
        ...unavailable,
      };
      const access = role === 'public' ? { security: [] } : { description: `Requires the role ${role}.` };
      return { schema: { ...schema, ...access, response: responses }, url };
    },
  });
  const schema = { hide: true };
  app.get(path, { config: { role: 'viewer' }, schema }, async () => app.swagger());
}

const path = '/api/v1/openapi.json';
