import {
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { clickhouse } from './clickhouse.ts';

/** A variable with several values; initially `first`, or all. */
export function multiSelect(name: string, label: string, query: string, first?: string): QueryVariableBuilder {
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .datasource(clickhouse)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true);
  if (first !== undefined)
    return variable.includeAll(false).current({ selected: true, text: [first], value: [Buffer.from(first).toString('hex').toUpperCase()] });
  return variable.includeAll(true).current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** The URL of feedpulse's web UI, for links to it. */
export const webUiUrl = (): TextBoxVariableBuilder =>
  new TextBoxVariableBuilder('webUi')
    .label('Web UI')
    .description("URL of feedpulse's web UI")
    .defaultValue('http://localhost:8080')
    .current({ selected: true, text: 'http://localhost:8080', value: 'http://localhost:8080' });

/** Links to the other boards, keeping the time range and variables. */
export const boardLinks = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('feedpulse').type(DashboardLinkType.Dashboards).tags(['feedpulse']).keepTime(true).includeVars(true);
