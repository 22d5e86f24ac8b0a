// Team Chat with express-openid-connect, at the port that it is told.
import { randomBytes } from "node:crypto";
import express from "express";
import middleware from "express-openid-connect";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const { auth, requiresAuth } = middleware;
const kept = new Map();
const store = {
  get: (id, done) => done(null, kept.get(id)),
  set: (id, session, done) => done(null, kept.set(id, session)),
  destroy: (id, done) => done(null, kept.delete(id)),
};
// Of who was signed in last.
let last;

const app = express();
app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: `http://127.0.0.1:${PORT}`,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: randomBytes(32).toString("hex"),
    authRequired: false,
    authorizationParams: { response_type: "code", scope: "openid profile email" },
    idpLogout: true,
    backchannelLogout: true,
    session: { store },
    routes: { postLogoutRedirect: "/bye" },
    // Of a machine with more to do.
    httpTimeout: 60_000,
  }),
);
app.use((request, _response, next) => {
  if (request.oidc.isAuthenticated()) last = request.oidc;
  next();
});
app.get("/", requiresAuth(), (request, response) => {
  response.send(`<h1>Hello ${request.oidc.user.name}</h1>`);
});
app.get("/profile", async (_request, response) => {
  response.send(`<h1>${(await last.fetchUserInfo()).preferred_username}</h1>`);
});
app.get("/refresh", async (_request, response) => {
  await last.accessToken.refresh();
  response.send("<h1>New tokens</h1>");
});
app.get("/bye", (_request, response) => response.send("<h1>Bye</h1>"));
app.use((error, _request, response, _next) => {
  console.error(error);
  response.send(`<h1>${error.error || error.status || error}</h1>`);
});
app.listen(Number(PORT), "127.0.0.1");
