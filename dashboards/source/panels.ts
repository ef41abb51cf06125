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

/** The look that the boards share. */

/** Orange and blue are told apart by everyone; labels are stacked in one order as well. */
const colours = { negative: '#c4553b', neutral: '#8a8f98', positive: '#3b7fc4', unscored: '#c9b458' } as const;
const coloured = Object.entries(colours).map(([label, colour]) => [label, { mode: 'fixed', fixedColor: colour }] as const);

export interface About {
  readonly title: string;
  /** What is shown, with its formula where it has one. */
  readonly description: string;
  readonly target: Builder<Dataquery>;
  readonly unit?: string;
  /** Columns of 24, and rows of some 30 pixels. */
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

function describe<P extends Common>(panel: P, { title, description, target, unit = 'short', width = 24, height = 9 }: About): P {
  return panel.title(title).description(description).withTarget(target).unit(unit).span(width).height(height);
}

export function figure(about: About): Stat {
  return describe(new Stat(), { height: 4, width: 5, ...about })
    .colorMode(BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
}

const legend = () => new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);
const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None);

export function lines(about: About): TimeSeries {
  return describe(new TimeSeries(), about)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .spanNulls(false)
    .showPoints(VisibilityMode.Auto)
    .legend(legend())
    .tooltip(tooltip());
}

/** Bars of counts on top of each other. */
export function stackedBars(about: About, how: StackingMode = StackingMode.Normal): TimeSeries {
  const panel = lines(about)
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(80)
    .stacking(new StackingConfigBuilder().mode(how).group('A'));
  for (const [label, value] of coloured) panel.overrideByName(label, [{ id: 'color', value }]);
  return panel;
}

export function bars(about: About): BarChart {
  const panel = describe(new BarChart(), about)
    .orientation(VizOrientation.Horizontal)
    .stacking(StackingMode.Normal)
    .showValue(VisibilityMode.Never)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(tooltip());
  for (const [label, value] of coloured) panel.overrideByName(label, [{ id: 'color', value }]);
  return panel;
}

export const table = (about: About): Table => describe(new Table(), about).filterable(false);
