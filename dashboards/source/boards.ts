import { alertsBoard } from './alerts-board.ts';
import { brandsBoard } from './brands-board.ts';
import { pipelineBoard } from './pipeline-board.ts';

/** The boards as Grafana reads them, by the names of their files. */
export function boards(): Readonly<Record<string, object>> {
  const all = { 'overview.json': brandsBoard(), 'alerts.json': alertsBoard(), 'pipeline.json': pipelineBoard() };
  return Object.fromEntries(Object.entries(all).map(([name, board]) => [name, plain(board.build())]));
}

/** As JSON would have it: without what only the builders need. */
function plain(board: object): object {
  return JSON.parse(JSON.stringify(board)) as object; // what goes in comes out
}
