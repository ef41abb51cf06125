import type { SessionState } from '../../domain/roles.ts';
import { get, post, remove } from './client.ts';

export const fetchSession = () => get<SessionState>('session', {}, AbortSignal.timeout(10_000));
/** Opens a session. Rejects with the server's words when it does not know the token. */
export const openSession = (token: string) => post<SessionState>('session', { token });
export const endSession = () => remove('session');
