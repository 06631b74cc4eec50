package dev.flotilla.balancer.http;

import java.util.List;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ServletRequestMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.ServletResponseMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.ViewNameMethodReturnValueHandler;

/** Spring MVC with what these controllers use and nothing else. */
final class MvcBeans {
  private MvcBeans() {}

  static void register(GenericWebApplicationContext context) {
    context.registerBean(FormController.class);
    context.registerBean(KvController.class);
    context.registerBean(ListController.class);
    context.registerBean(BatchController.class);
    context.registerBean(StatusController.class);
    context.registerBean(FixedController.class);
    context.registerBean(RequestMappingHandlerMapping.class, RequestMappingHandlerMapping::new);
    context.registerBean(RequestMappingHandlerAdapter.class, MvcBeans::adapter);
    context.registerBean(HandlerExceptionResolver.class, ProblemResolver::new);
    DispatcherServlet dispatcher = new DispatcherServlet(context);
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
}
