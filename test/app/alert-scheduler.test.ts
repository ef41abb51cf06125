import { expect, test } from 'vitest';
import { resolveRules } from '../../src/alerts/rules.ts';
import { readFiringAlerts } from '../../src/app/alert-scheduler.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertUpdate } from '../../src/domain/alert.ts';
import type { AlertQuery, StoredAlert } from '../../src/sink/queries/alerts.ts';
import { alertTransition } from '../support/kettle-history.ts';

const { alerts, brands } = configSchema.parse({
  brands: [{ name: 'Kestrel' }],
  alerts: { rules: [{ name: 'mood', metric: 'netSentiment' }] },
});
const now = Date.UTC(2026, 4, 20, 12);

function firing(number: number, rule: string, brand: string): StoredAlert {
  const { alert: _, kind: __, state: ___, ...stored } = alertTransition(number, 'alert', brand, now - 60_000);
  return { ...stored, rule };
}

test('alerts of rules and brands that are not configured any more are not reported as firing', async () => {
  const queries: AlertQuery[] = [];
  const records = {
    listAlerts: async (query: AlertQuery) => {
      queries.push(query);
      return [firing(1, 'mood', 'Kestrel'), firing(2, 'removed', 'Kestrel'), firing(3, 'mood', 'Removed'), firing(4, 'feed', '*')];
    },
  };
  const found = await readFiringAlerts(records, resolveRules(alerts.rules, brands), now);
  expect(found.map(({ rule, brand }) => `${rule} ${brand}`)).toEqual(['mood Kestrel', 'feed *']);
  expect(found[0]).toMatchObject({ kind: 'alert', alert: found[0]?.id, state: { status: 'alert', since: now - 60_000 } });
  expect(queries).toEqual([{ from: 0, to: now + 1, active: true, limit: 1_000 }]);
});

test('the latest report about an alert is repeated, with the time since when it has been active', async () => {
  const { updates, ...start } = withUpdates(firing(1, 'mood', 'Kestrel'), ['escalated', 'resolved', 'reopened', 'escalated']);
  const records = { listAlerts: async () => [{ ...start, updates }] };
  const [found] = await readFiringAlerts(records, resolveRules(alerts.rules, brands), now);
  expect(found).toMatchObject({ ...updates[3], alert: start.id, state: { status: 'alert', since: updates[2]?.at } });
});

function withUpdates(alert: StoredAlert, kinds: readonly AlertUpdate['kind'][]) {
  const { at, evaluation } = alert;
  return { ...alert, updates: kinds.map((kind, index): AlertUpdate => ({ id: `u${index}`, kind, at: at + index * 1_000, evaluation })) };
}
