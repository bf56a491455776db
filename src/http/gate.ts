/** Bounds the requests in flight. */
export interface Gate {
  run<T>(task: () => Promise<T>): Promise<T>;
  hasRoom(): boolean;
  /** Has the listener called whenever a task has ended. */
  whenRoom(listener: () => void): void;
}
