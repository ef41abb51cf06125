import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** Panels in the common style of the boards. */

/** Orange and blue can be distinguished with any color vision deficiency. */
const colours = { negative: '#c4553b', neutral: '#8a8f98', positive: '#3b7fc4', unscored: '#c9b458' } as const;
const coloured = Object.entries(colours).map(([label, colour]) => [label, { mode: 'fixed', fixedColor: colour }] as const);

export interface PanelOptions {
  readonly title: string;
  /** What the panel shows, with the formula if there is one. */
  readonly description: string;
  readonly target: Builder<Dataquery>;
  readonly unit?: string;
  /** Grid units: 24 columns, and rows of about 30 pixels. */
  readonly width?: number;
  readonly height?: number;
}

interface Common {
  title(title: string): this;
  description(text: string): this;
  withTarget(target: Builder<Dataquery>): this;
  span(width: number): this;
  height(height: number): this;
  unit(unit: string): this;
}

function describe<P extends Common>(panel: P, { title, description, target, unit = 'short', width = 24, height = 9 }: PanelOptions): P {
  return panel.title(title).description(description).withTarget(target).unit(unit).span(width).height(height);
}

/** A single value. */
export function stat(options: PanelOptions): Stat {
  return describe(new Stat(), { height: 4, width: 5, ...options })
    .colorMode(BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
}

const legend = () => new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);
const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None);

export function lines(options: PanelOptions): TimeSeries {
  return describe(new TimeSeries(), options)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .spanNulls(false)
    .showPoints(VisibilityMode.Auto)
    .legend(legend())
    .tooltip(tooltip());
}

/** Stacked bars of counts over time. */
export function stackedBars(options: PanelOptions, mode: StackingMode = StackingMode.Normal): TimeSeries {
  const panel = lines(options)
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(80)
    .stacking(new StackingConfigBuilder().mode(mode).group('A'));
  for (const [label, value] of coloured) panel.overrideByName(label, [{ id: 'color', value }]);
  return panel;
}

/** Stacked horizontal bars, one per row. */
export function bars(options: PanelOptions): BarChart {
  const panel = describe(new BarChart(), options)
    .orientation(VizOrientation.Horizontal)
    .stacking(StackingMode.Normal)
    .showValue(VisibilityMode.Never)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(tooltip());
  for (const [label, value] of coloured) panel.overrideByName(label, [{ id: 'color', value }]);
  return panel;
}

export const table = (options: PanelOptions): Table => describe(new Table(), options).filterable(false);
