import {
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { clickhouse } from './clickhouse.ts';

/** Several values of a column; all of them to begin with, unless one is named. */
export function choice(name: string, label: string, query: string, first?: string): QueryVariableBuilder {
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

/** Where feedpulse's own page is, for links to it. */
export const pageAddress = (): TextBoxVariableBuilder =>
  new TextBoxVariableBuilder('page')
    .label('Page')
    .description("The address of feedpulse's page")
    .defaultValue('http://localhost:8080')
    .current({ selected: true, text: 'http://localhost:8080', value: 'http://localhost:8080' });

/** The other boards, with the same range and variables. */
export const otherBoards = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('feedpulse').type(DashboardLinkType.Dashboards).tags(['feedpulse']).keepTime(true).includeVars(true);
