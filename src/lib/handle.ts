/** A handle in lower case without its @, as handles are compared. */
export const normalizeHandle = (handle: string): string => handle.replace(/^[@＠]/, '').toLowerCase();
