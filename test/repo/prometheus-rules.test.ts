import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/lib/metrics.ts';
import { readText, repository } from '../support/repository.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[];
  }[];
}
interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string }[];
    readonly promql_expr_test?: readonly { readonly expr: string }[];
  }[];
}

const dir = 'deploy/prometheus/';
const rules = (parse(readText(`${dir}feedpulse.rules.yml`)) as Rules).groups.flatMap((group) => group.rules);

test('alert rules use existing metrics and have a summary and a description', async () => {
  const known = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, annotations } of rules) {
    for (const name of expr.match(/feedpulse_\w+/g) ?? []) expect([alert, known]).toEqual([alert, expect.arrayContaining([name])]);
    expect([alert, Object.keys(annotations)]).toEqual([alert, ['summary', 'description']]);
  }
});

test('promtool validates the rules and their tests pass', async () => {
  const promtool = async (...args: string[]): Promise<string> => (await promisify(execFile)('promtool', args, { cwd: repository })).stdout;
  expect(await promtool('check', 'rules', `${dir}feedpulse.rules.yml`)).toContain(`SUCCESS: ${rules.length} rules found`);
  expect(await promtool('test', 'rules', `${dir}feedpulse.rules.test.yml`)).toContain('SUCCESS');
});

test('promtool tests refer to existing rules', () => {
  const names = rules.map(({ alert }) => alert);
  const { tests } = parse(readText(`${dir}feedpulse.rules.test.yml`)) as RuleTests;
  const tested = tests.flatMap(({ alert_rule_test = [], promql_expr_test = [] }) => [
    ...alert_rule_test.map(({ alertname }) => alertname),
    ...promql_expr_test.flatMap(({ expr }) => expr.match(/Feedpulse\w+/g) ?? []),
  ]);
  expect(tested.length).toBeGreaterThan(5);
  expect(names).toEqual(expect.arrayContaining(tested));
});
