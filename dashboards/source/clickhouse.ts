import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** Its uid is set in provisioning/datasources. */
export const clickhouse: DataSourceRef = { type: 'grafana-clickhouse-datasource', uid: 'feedpulse' };

/** A query of the ClickHouse data source; its SQL may use the macros of the plugin. */
interface ClickHouseQuery {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly editorType: 'sql';
  readonly queryType: 'timeseries' | 'table';
  /** 0: time series; 1: table. */
  readonly format: 0 | 1;
  readonly rawSql: string;
  _implementsDataqueryVariant(): void;
}

const queryOf =
  (queryType: ClickHouseQuery['queryType'], format: ClickHouseQuery['format']) =>
  (rawSql: string): Builder<Dataquery> => ({
    build: () => {
      const sql = rawSql.replace(/\s+/g, ' ').trim();
      const query: ClickHouseQuery = {
        ...{ refId: 'A', datasource: clickhouse, editorType: 'sql', queryType, format, rawSql: sql },
        _implementsDataqueryVariant: () => {},
      };
      return query;
    },
  });

/** Time series: rows of `time` and values, or of `time`, a name and a value. */
export const series = queryOf('timeseries', 0);
export const rows = queryOf('table', 1);
