package dev.keyferry.product.differences;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.local.Api;
import dev.keyferry.local.Http;
import dev.keyferry.local.Loopback;
import dev.keyferry.local.Reply;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;

/// Spring Authorization Server in Tomcat, as one of the two servers.
final class SpringServer implements AuthorizationServer, AutoCloseable {
  private static final String VERIFICATION = "/oauth2/device_verification";

  /// A strong reference. Without it, the garbage collector would drop the logger and its level.
  private static final Logger LOG = Logger.getLogger("org.apache");

  private static final Pattern STATE = Pattern.compile("name=\"state\" value=\"([^\"]+)\"");
  private static final Pattern CLIENT = Pattern.compile("name=\"client_id\" value=\"([^\"]+)\"");
  private static final Pattern SCOPE = Pattern.compile("name=\"scope\" value=\"([^\"]+)\"");

  private final Http http = new Http();
  private final AnnotationConfigApplicationContext context;
  private final Tomcat tomcat = new Tomcat();
  private final URI url;

  SpringServer(Path directory) throws LifecycleException {
    context = new AnnotationConfigApplicationContext(SpringConfiguration.class);
    LOG.setLevel(Level.WARNING);
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    var root = (StandardContext) tomcat.addContext("", null);
    // Tomcat need not search for references at its end.
    root.setClearReferencesThreadLocals(false);
    root.setClearReferencesRmiTargets(false);
    var security = new FilterDef();
    security.setFilterName("security");
    security.setFilter(context.getBean("springSecurityFilterChain", Filter.class));
    root.addFilterDef(security);
    var everywhere = new FilterMap();
    everywhere.setFilterName("security");
    everywhere.addURLPattern("/*");
    root.addFilterMap(everywhere);
    Tomcat.addServlet(root, "nothing", new NotFound());
    root.addServletMappingDecoded("/", "nothing");
    tomcat.start();
    url = Loopback.url(tomcat.getConnector().getLocalPort());
  }

  /// Answers 404 if no filter has answered.
  private static final class NotFound extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  @Override
  public Reply send(Api.Call call) {
    return http.exchange(
        url.resolve(call.path()),
        call.method(),
        call.headers(),
        BodyPublishers.ofString(call.body()));
  }

  @Override
  public void approve(String userCode) {
    decide(userCode, true);
  }

  @Override
  public void deny(String userCode) {
    decide(userCode, false);
  }

  /// Opens Spring's page for the code, and submits its form with all boxes checked or with none.
  private void decide(String userCode, boolean approves) {
    var user = "compared-" + UUID.randomUUID();
    var signedIn = "Basic " + Base64.getEncoder().encodeToString((user + ":any").getBytes(UTF_8));
    var page =
        send(
            new Api.Call(
                "GET",
                VERIFICATION + "?user_code=" + userCode,
                user,
                Map.of("authorization", signedIn),
                ""));
    var scopes =
        SCOPE
            .matcher(page.body())
            .results()
            .map(scope -> "&scope=" + scope.group(1))
            .collect(Collectors.joining());
    var body =
        "client_id=%s&state=%s&user_code=%s%s"
            .formatted(only(CLIENT, page), only(STATE, page), userCode, approves ? scopes : "");
    var headers =
        Map.of("authorization", signedIn, "content-type", "application/x-www-form-urlencoded");
    var done = send(new Api.Call("POST", VERIFICATION, user, headers, body));
    if (done.status() != (approves ? 302 : 400)) {
      throw new AssertionError("not decided: " + done);
    }
  }

  private static String only(Pattern field, Reply page) {
    var found = field.matcher(page.body());
    if (!found.find()) {
      throw new AssertionError("no " + field + " in " + page);
    }
    return URLEncoder.encode(found.group(1), UTF_8);
  }

  /// Spring uses the system clock, so the stored credential gets a date in the past.
  @Override
  public void expire(String credential) {
    SpringConfiguration.expire(context.getBean(OAuth2AuthorizationService.class), credential);
  }

  /// Spring has neither intervals nor grace periods.
  @Override
  public void pause() {}

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
    context.close();
  }
}
