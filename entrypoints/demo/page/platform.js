// Asks the platform and the demo over HTTP, and turns what goes wrong into named problems.

/** Something went wrong; `code` is the last part of the problem's type, or "unreachable". */
export class Problem extends Error {
  constructor(code, status, detail) {
    super(detail ?? code);
    this.code = code;
    this.status = status;
  }
}

/** Ask for JSON: `ask("/api/v1/balance", {token})`, `ask(path, {method, body, token, headers})`. */
export async function ask(path, { method = "GET", body, token, headers = {} } = {}) {
  const answer = await send(path, { method, body, token, headers });
  return answer.status === 204 ? null : answer.json();
}

/** The same for an answer that is not JSON, as a Blob. */
export async function fetchBlob(path, options = {}) {
  return (await send(path, { method: "GET", headers: {}, ...options })).blob();
}

async function send(path, { method, body, token, headers }) {
  const all = { ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  const raw = body instanceof Blob;
  if (body !== undefined && !raw) all["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers: all, body: body === undefined || raw ? body : JSON.stringify(body) });
  } catch {
    throw new Problem("unreachable", 0);
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Problem(String(problem.type ?? "").split("/").pop() || "other", answer.status, problem.detail);
}
