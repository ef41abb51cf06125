import { z } from 'zod';
import { createEvaluationReader } from '../../../sink/queries/evaluations.ts';
import type { App } from '../../http/create-app.ts';
import type { QueryDeps } from '../dependencies.ts';
import { brandsRangeQuery, resolveRange } from '../query-schemas.ts';
import { anomaly, iso, toEvaluation } from './alert-schemas.ts';

export const anomaliesResponse = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  anomalies: z.array(anomaly).describe('In chronological order; at most 1,000'),
});

/** Lists the anomalies of a range from the stored evaluations, whether or not an alert was sent. */
export function registerAnomaliesRoute(app: App, { reader, clock }: QueryDeps): void {
  const evaluations = createEvaluationReader(reader);
  const schema = {
    summary: 'Anomalies that the alert rules found in a range; evaluations are kept for 30 days',
    querystring: brandsRangeQuery,
    response: { 200: anomaliesResponse },
  };
  app.get('/api/v1/anomalies', { config: { role: 'viewer', cacheable: true }, schema }, async ({ query }) => {
    const { brands = [], ...bounds } = query;
    const range = resolveRange(bounds, clock.now());
    const found = await evaluations.listAnomalies(brands, range.from.getTime(), range.to.getTime());
    const anomalies = found.map(({ brand, at, resolvedAt, evaluation }) => ({
      ...{ brand, at: iso(at), evaluation: toEvaluation(evaluation) },
      resolvedAt: resolvedAt === undefined ? null : iso(resolvedAt),
    }));
    return { from: range.from.toISOString(), to: range.to.toISOString(), anomalies };
  });
}
