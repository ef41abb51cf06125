import { register } from 'node:module';

// As on a platform for which the engine has no binary.
const hooks = `export function resolve(name, context, next) {
  if (name === 'chdb' || name.startsWith('chdb/')) throw new Error('no binary');
  return next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
