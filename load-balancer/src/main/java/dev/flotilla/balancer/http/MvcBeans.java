package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.KvService;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ServletRequestMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.ServletResponseMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.ViewNameMethodReturnValueHandler;

/** Spring MVC with what these controllers use and nothing else. */
final class MvcBeans {
  private MvcBeans() {}

  static void register(
      GenericWebApplicationContext context,
      KvService service,
      ClusterName cluster,
      HttpLimits limits,
      Admission admission,
      PrometheusMeterRegistry registry,
      OperatorDoor operator) {
    Answers answers = new Answers(service);
    context.registerBean(
        FormController.class, () -> new FormController(service, limits, admission, answers));
    context.registerBean(
        KvController.class, () -> new KvController(service, limits, admission, answers));
    context.registerBean(
        ListController.class, () -> new ListController(service, limits, admission, answers));
    context.registerBean(
        BatchController.class, () -> new BatchController(service, limits, admission, answers));
    context.registerBean(StatusController.class, () -> new StatusController(service, cluster));
    context.registerBean(FixedController.class, () -> new FixedController(registry));
    context.registerBean(DashboardController.class, DashboardController::new);
    PictureJson pictures =
        new PictureJson(
            new PictureJson.About(
                cluster.id(),
                operator.version(),
                service.slots().epoch(),
                operator.localNodes() != null,
                operator.grafana()));
    context.registerBean(
        EventsController.class, () -> new EventsController(operator.watch(), pictures));
    context.registerBean(
        ClusterController.class,
        () ->
            new ClusterController(
                service,
                operator.admin(),
                operator.watch(),
                operator.localNodes(),
                limits,
                admission));
    context.registerBean(
        RecordController.class, () -> new RecordController(service, limits, admission, answers));
    context.registerBean(RequestMappingHandlerMapping.class, RequestMappingHandlerMapping::new);
    context.registerBean(RequestMappingHandlerAdapter.class, MvcBeans::adapter);
    context.registerBean(HandlerExceptionResolver.class, ProblemResolver::new);
    DispatcherServlet dispatcher = new QuietDispatcher(context);
    dispatcher.setPublishEvents(false);
    context.registerBean(
        ServletRegistrationBean.class,
        () -> {
          ServletRegistrationBean<DispatcherServlet> registration =
              new ServletRegistrationBean<>(dispatcher, "/");
          registration.setName("dispatcher");
          registration.setLoadOnStartup(1);
          return registration;
        });
  }

  /** Controllers take the request and the response and write the answer themselves. */
  private static RequestMappingHandlerAdapter adapter() {
    RequestMappingHandlerAdapter adapter = new RequestMappingHandlerAdapter();
    adapter.setArgumentResolvers(
        List.of(
            new ServletRequestMethodArgumentResolver(),
            new ServletResponseMethodArgumentResolver()));
    adapter.setReturnValueHandlers(List.of(new ViewNameMethodReturnValueHandler()));
    adapter.setMessageConverters(List.of(new ByteArrayHttpMessageConverter()));
    return adapter;
  }

  /**
   * Says "nothing here" to the caller only: a log line for each would be a gift to whoever wants to
   * fill the disk.
   */
  private static final class QuietDispatcher extends DispatcherServlet {
    private static final long serialVersionUID = 1L;

    QuietDispatcher(WebApplicationContext context) {
      super(context);
    }

    @Override
    protected void noHandlerFound(HttpServletRequest request, HttpServletResponse response)
        throws NoHandlerFoundException {
      throw new NoHandlerFoundException(
          request.getMethod(), request.getRequestURI(), HttpHeaders.EMPTY);
    }
  }
}
