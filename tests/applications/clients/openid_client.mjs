// Team Chat with openid-client, at the port that it is told; a session is a cookie.
import { randomUUID } from "node:crypto";
import http from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const own = `http://127.0.0.1:${PORT}`;
const insecure = { execute: [oidc.allowInsecureRequests] };
const portal = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, insecure);
const keys = createRemoteJWKSet(new URL(portal.serverMetadata().jwks_uri));
const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const sessions = new Map();
const begun = new Map();
// Of who signed in last.
let last;

const cookie = (request) => /chat=([\w-]+)/.exec(request.headers.cookie || "")?.[1];
const body = async (request) => Buffer.concat(await request.toArray()).toString();
const to = (address) => ({ status: 302, headers: { Location: String(address) } });
const told = (text) => ({ status: 200, text });

const signIn = async () => {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  begun.set(state, { verifier, nonce });
  return to(
    oidc.buildAuthorizationUrl(portal, {
      redirect_uri: `${own}/callback`,
      scope: "openid profile email",
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    }),
  );
};

const pages = {
  "/": (request) => {
    const session = sessions.get(cookie(request));
    return session ? told(`Hello ${session.name}`) : signIn();
  },
  "/callback": async (request) => {
    const address = new URL(request.url, own);
    const state = address.searchParams.get("state");
    const { verifier, nonce } = begun.get(state);
    last = await oidc.authorizationCodeGrant(portal, address, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const id = randomUUID();
    sessions.set(id, last.claims());
    const headers = { Location: "/", "Set-Cookie": `chat=${id}; Path=/; HttpOnly` };
    return { status: 302, headers };
  },
  "/profile": async () => {
    const found = await oidc.fetchUserInfo(portal, last.access_token, last.claims().sub);
    return told(found.preferred_username);
  },
  "/refresh": async () => {
    last = await oidc.refreshTokenGrant(portal, last.refresh_token);
    return told("New tokens");
  },
  "/logout": (request) => {
    sessions.delete(cookie(request));
    const sent = { id_token_hint: last.id_token, post_logout_redirect_uri: `${own}/bye` };
    return to(oidc.buildEndSessionUrl(portal, sent));
  },
  "/bye": () => told("Bye"),
  "/backchannel": async (request) => {
    const token = new URLSearchParams(await body(request)).get("logout_token");
    const checks = { issuer: ISSUER, audience: CLIENT_ID, typ: "logout+jwt" };
    const { payload } = await jwtVerify(token, keys, checks);
    if (!payload.events[EVENT] || "nonce" in payload) return { status: 400 };
    for (const [id, session] of sessions) if (session.sid === payload.sid) sessions.delete(id);
    return { status: 204 };
  },
};

http
  .createServer(async (request, response) => {
    let answer;
    try {
      const page = pages[new URL(request.url, own).pathname];
      answer = page ? await page(request) : { status: 404 };
    } catch (error) {
      console.error(error);
      answer = told(error.error || String(error.status || error));
    }
    const headers = { "Content-Type": "text/html", ...answer.headers };
    response.writeHead(answer.status, headers).end(answer.text && `<h1>${answer.text}</h1>`);
  })
  .listen(Number(PORT), "127.0.0.1");
