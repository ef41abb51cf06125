import { alertsBoard } from './alerts-board.ts';
import { brandsBoard } from './brands-board.ts';
import { pipelineBoard } from './pipeline-board.ts';

/** The Grafana dashboard model of each board, by file name. */
export function boards(): Readonly<Record<string, object>> {
  const all = { 'brands.json': brandsBoard(), 'alerts.json': alertsBoard(), 'pipeline.json': pipelineBoard() };
  return Object.fromEntries(Object.entries(all).map(([name, board]) => [name, toJson(board.build())]));
}

/** Removes the methods that only the builders need. */
function toJson(board: object): object {
  return JSON.parse(JSON.stringify(board)) as object; // an object stays an object
}
